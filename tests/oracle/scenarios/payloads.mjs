// What stands inside a message (PROTOCOL §7.2 to §7.4).
import { array, bytes, entriesOf, head, kGone, kHello, kMailbox, kName, kNothing, kQuestion, kReceipt, kRendezvous, kText, kTyping,
    map, number, payloadOf, text, truth, writePayload } from '../payload.mjs';
import { makeRecord } from '../rendezvous.mjs';
import { identityPublic } from '../primitives.mjs';
import { joined, none, unhex, utf8, zeros } from '../bytes.mjs';
import { kNow } from './cast.mjs';

const kCbor = { bytes: 2, text: 3, array: 4, map: 5, tag: 6 };
const kUnknown = 99, kNumbered = { epoch: BigInt(kNow), sequence: 7n };
const repeated = (count, item) => Array(count).fill(item);

export function payloadScenarios(book, { bob, random }) {
    const put = (name, expect, comment, source) => book.add(`payload_${name}`, expect, comment, { bytes: source });
    const device = random.bytes(16), messageId = random.bytes(16), mailbox = random.bytes(32);
    const sent = BigInt(kNow) + 5n, relays = ['wss://relay.example', 'ws://relay.example:7447/tacet'];
    const say = (kind, more) => payloadOf({ kind, device, sent, ...more });
    const hello = say(kHello, { ...kNumbered, sequence: 1n, sessionNumber: BigInt(kNow), sessionBasis: 12n, name: 'Bob 🦊', mailbox,
        mailboxNumber: BigInt(kNow), relays, restored: BigInt(kNow) - 9n, highestSession: BigInt(kNow) });
    const words = say(kText, { ...kNumbered, messageId, text: 'See you at the pier.\n' });
    const ranges = [{ epoch: BigInt(kNow), readUpTo: 9n, ranges: [[1n, 9n], [11n, 11n], [20n, 4000n]] }, { epoch: 6n, readUpTo: 0n, ranges: [] }];
    goodOnes((name, comment, payload) => put(name, 'ok', comment, writePayload(payload)), { say, hello, words, ranges, mailbox, relays, bob, random });

    const name = say(kName, { ...kNumbered, name: 'Bob' }), nothing = say(kNothing, kNumbered);
    const before = (entries, key) => entries.filter(([each]) => each < key), after = (entries, key) => entries.filter(([each]) => each > key);
    /** `payload` with another item at `key`. */
    const withItem = (payload, key, item) => map([...before(entriesOf(payload), key), [key, item], ...after(entriesOf(payload), key)]);
    const without = (payload, key) => map([...before(entriesOf(payload), key), ...after(entriesOf(payload), key)]);
    const item = (label, expect, comment, key, value) => put(label, expect, comment, withItem(name, key, value));
    const bad = (label, comment, source) => put(label, 'not-a-payload', comment, source);
    const badItem = (label, comment, key, value) => bad(label, comment, withItem(name, key, value));
    wholeMaps({ put, bad, withItem, without }, { name, nothing, words });

    // Each form, and the limits
    badItem('epoch_text', 'a number is wanted', 3, text('1'));
    badItem('epoch_negative', 'numbers are not negative', 3, unhex('20'));
    badItem('epoch_float', 'a number that is a float', 3, unhex('f93c00'));
    badItem('epoch_tagged', 'a number under a tag', 3, joined(head(kCbor.tag, 1), number(kNow)));
    item('sent_2_60', 'ok', 'the greatest number', 7, number(2n ** 60n));
    badItem('sent_beyond_2_60', 'one more', 7, number(2n ** 60n + 1n));
    item('sent_0', 'ok', 'a zero that a writer leaves out', 7, number(0));
    badItem('device_15', '15 bytes', 2, bytes(zeros(15)));
    badItem('device_text', 'a text of 16 bytes', 2, text('0123456789abcdef'));
    badItem('device_number', 'no bytes at all', 2, number(0));
    badItem('mailbox_33', '33 bytes', 21, bytes(zeros(33)));
    item('name_128', 'ok', 'the longest name', 20, text('ä'.repeat(64)));
    badItem('name_129', 'a byte more', 20, text('a'.repeat(129)));
    badItem('name_bytes', 'bytes where a text is wanted', 20, bytes(utf8('Bob')));
    item('name_control', 'ok', 'a payload, although this name counts for nothing (§7.3)', 20, text('Bob\u0007'));
    badItem('name_not_utf8', 'a byte that no UTF-8 has', 20, joined(head(kCbor.text, 1), unhex('ff')));
    badItem('name_utf8_cut', 'the text ends within a letter', 20, joined(head(kCbor.text, 2), unhex('61c3')));
    badItem('name_utf8_surrogate', 'half a pair', 20, joined(head(kCbor.text, 3), unhex('eda080')));
    badItem('name_utf8_longer_than_needed', 'U+0000 in two bytes', 20, joined(head(kCbor.text, 2), unhex('c080')));
    badItem('name_endless', 'a text of indefinite length', 20, unhex('7f63426f62ff'));
    badItem('name_past_the_end', 'a text of 2^60 bytes', 20, head(kCbor.text, 2n ** 60n));
    badItem('start_above_1', 'a number where true or false is wanted', 26, number(1));
    badItem('start_above_null', 'null where true or false is wanted', 26, unhex('f6'));
    item('start_above_false', 'ok', 'a false that a writer leaves out', 26, truth(false));
    item('relays_16', 'ok', 'as many as there may be', 23, array(repeated(16, text('wss://relay.example'))));
    badItem('relays_17', 'one more', 23, array(repeated(17, text('wss://relay.example'))));
    badItem('relay_101', 'a relay of 101 bytes', 23, array([text('a'.repeat(101))]));
    badItem('relay_number', 'a relay that is a number', 23, array([number(1)]));
    badItem('relays_endless', 'an array of indefinite length', 23, unhex('9f6161ff'));
    badItem('record_3001', 'a record of 3,001 bytes', 40, bytes(zeros(3001)));
    badItem('unopened_17', '17 hashes', 31, array(repeated(17, bytes(zeros(32)))));
    badItem('unopened_31_bytes', 'a hash of 31 bytes', 31, array([bytes(zeros(31))]));
    rangeScenarios({ item, badItem });
    skippedScenarios({ item, badItem });
    longHeads({ bad, badItem, withItem }, nothing);
    put('text_28000', 'ok', 'the longest text', writePayload({ ...words, text: 'x'.repeat(28_000) }));
    bad('text_28001', 'a byte more', writePayload({ ...words, text: 'x'.repeat(28_001) }));
    put('too_large', 'too-large', '30,721 bytes', withItem(name, kUnknown, bytes(zeros(30_721 - withItem(name, kUnknown, none).length - 3))));
}

function goodOnes(put, { say, hello, words, ranges, mailbox, relays, bob, random }) {
    put('text', 'a text', words);
    put('text_shortest', 'the example of §7.2', payloadOf({ kind: kText, epoch: 1n, sequence: 2n, text: 'a' }));
    put('hello', 'a hello as it opens a session, of somebody who was restored', hello);
    put('hello_answer', 'the answer to a session that is not used: no numbers, no session number',
        { ...hello, epoch: 0n, sequence: 0n, sessionNumber: 0n, sessionBasis: 0n, startAbove: true });
    put('receipt', 'ranges of one epoch, and another of which nothing came', say(kReceipt, { ranges }));
    put('question', 'what is missing, and what did not open', say(kQuestion, { ranges: [{ epoch: 6n, readUpTo: 0n, ranges: [[10n, 10n]] }], unopened: [random.bytes(32), random.bytes(32)] }));
    put('gone', 'what will never come', say(kGone, { ranges: [{ epoch: 6n, readUpTo: 0n, ranges: [[10n, 12n]] }] }));
    put('rendezvous', 'a record and where its mailbox is', say(kRendezvous, { ...kNumbered, relays, record: makeRecord(identityPublic(bob), kNow, random).record }));
    put('name', 'another name', say(kName, { ...kNumbered, name: 'Robert' }));
    put('mailbox', 'another place', say(kMailbox, { ...kNumbered, mailbox, mailboxNumber: BigInt(kNow) + 1n, relays }));
    put('typing', 'begins', say(kTyping, { typing: true }));
    put('typing_ended', 'ends: what is absent is false', say(kTyping, {}));
    put('nothing', 'in the place of a text', say(kNothing, kNumbered));
    put('kind_unknown', 'a kind of a later program, numbered', say(77, kNumbered));
    put('kind_greatest', 'the greatest kind', say(1_000_000, {}));
}

/** The map itself: its head, its keys, what must be there. */
function wholeMaps({ put, bad, withItem, without }, { name, nothing, words }) {
    const entries = entriesOf(nothing), good = map(entries), body = good.slice(1), long = item => joined(unhex('18'), item);
    bad('empty', 'no bytes', none);
    bad('empty_map', 'a map of nothing', map([]));
    bad('array', 'no map', joined(head(kCbor.array, 2), body));
    bad('cut', 'the last byte is missing', good.slice(0, -1));
    bad('entry_missing', 'the map announces one more', joined(head(kCbor.map, entries.length + 1), body));
    bad('entries_2_60', 'a map of 2^60 entries', joined(head(kCbor.map, 2n ** 60n), body));
    bad('trailing_byte', 'a byte behind the map', joined(good, zeros(1)));
    bad('twice', 'two payloads', joined(good, good));
    bad('map_endless', 'a map of indefinite length', joined(unhex('bf'), body, unhex('ff')));
    const filled = count => map([...entries, ...Array.from({ length: count - entries.length }, (_, i) => [1000 + i, number(0)])]);
    put('entries_64', 'ok', 'as many entries as there may be', filled(64));
    bad('entries_65', 'one more', filled(65));
    bad('keys_out_of_order', 'sequence before epoch', map([...entries.slice(0, 3), entries[4], entries[3], ...entries.slice(5)]));
    bad('kind_before_version', 'the version comes first', map([entries[1], entries[0], ...entries.slice(2)]));
    bad('key_twice', 'one key, two items', map([...entries.slice(0, 4), entries[3], ...entries.slice(4)]));
    bad('key_twice_unknown', 'also where the key is not known', map([...entries, [kUnknown, number(0)], [kUnknown, number(0)]]));
    bad('key_text', 'a key that is a text', joined(head(kCbor.map, entries.length + 1), body, text('x'), number(0)));
    bad('key_negative', 'a negative key', joined(head(kCbor.map, entries.length + 1), body, unhex('20'), number(0)));
    bad('key_longer_than_needed', 'key 7 in two bytes', joined(head(kCbor.map, 5), ...entries.slice(0, 4).flatMap(([key, item]) => [number(key), item]), long(number(7)), number(5)));
    bad('kind_longer_than_needed', 'kind 10 in two bytes', withItem(nothing, 1, long(number(10))));
    bad('sequence_longer_than_needed', 'sequence 7 in nine bytes', withItem(nothing, 4, joined(unhex('1b'), zeros(7), number(7))));
    bad('version_missing', 'no version', without(nothing, 0));
    bad('version_0', 'of no program', withItem(nothing, 0, number(0)));
    bad('version_text', 'a version that is a text', withItem(nothing, 0, text('1')));
    put('version_2', 'newer', 'of a later program', withItem(nothing, 0, number(2)));
    put('version_2_alone', 'newer', 'and it has no kind', map([[0, number(2)]]));
    put('version_2_keys_out_of_order', 'newer', 'what follows is not looked at', map([[0, number(2)], entries[2], entries[1]]));
    bad('kind_missing', 'no kind', without(nothing, 1));
    bad('kind_0', 'no kind has this number', withItem(nothing, 1, number(0)));
    bad('kind_1000001', 'too great a kind', withItem(nothing, 1, number(1_000_001)));
    bad('epoch_without_sequence', 'both or neither', without(nothing, 4));
    bad('sequence_without_epoch', 'both or neither', without(nothing, 3));
    bad('text_without_numbers', 'a text has numbers', writePayload({ ...words, epoch: 0n, sequence: 0n }));
    bad('text_empty', 'a text is not empty', writePayload({ ...words, text: '' }));
    bad('text_missing', 'a text without its text', without(words, 11));
    put('device_missing', 'ok', 'what is absent is zeros', without(name, 2));
    put('foreign_key', 'ok', 'a key that this kind has no use for', withItem(nothing, 20, text('Bob')));
    bad('foreign_key_wrong', 'it has its form all the same', withItem(nothing, 20, number(1)));
}

/** Lengths and last numbers that say in more bytes what fits fewer. */
function longHeads({ bad, badItem, withItem }, nothing) {
    const long = (major, value) => joined(Uint8Array.of(major << 5 | 24, value));
    bad('map_longer_than_needed', 'its number of entries in two bytes', joined(long(kCbor.map, entriesOf(nothing).length), writePayload(nothing).slice(1)));
    bad('last_number_longer_than_needed', 'the last number of the map', withItem(nothing, 22, long(0, 5)));
    badItem('name_longer_than_needed', 'a length of 3 in two bytes', 20, joined(long(kCbor.text, 3), utf8('Bob')));
    badItem('device_longer_than_needed', 'a length of 16 in two bytes', 2, joined(long(kCbor.bytes, 16), zeros(16)));
    badItem('relays_longer_than_needed', 'one relay, counted in two bytes', 23, joined(long(kCbor.array, 1), text('wss://relay.example')));
    badItem('range_longer_than_needed', 'the last end of ranges', 30, array([array([number(1), number(0), joined(head(kCbor.array, 2), number(1), long(0, 5))])]));
}

function rangeScenarios({ item, badItem }) {
    const one = (...ends) => array([array([number(1), number(0), array(ends.map(number))])]);
    const spread = count => one(...Array.from({ length: 2 * count }, (_, i) => 3 * (i >> 1) + 1));
    item('ranges_120', 'ok', 'as many as there may be', 30, spread(120));
    badItem('ranges_121', 'one more', 30, spread(121));
    item('ranges_64_epochs', 'ok', 'as many epochs as there may be', 30, array(repeated(64, array([number(1), number(0), array([])]))));
    badItem('ranges_65_epochs', 'one more', 30, array(repeated(65, array([number(1), number(0), array([])]))));
    badItem('ranges_from_0', 'numbers begin at 1', 30, one(0, 5));
    badItem('ranges_backwards', 'the first above the last', 30, one(5, 4));
    badItem('ranges_touch', 'two that are one', 30, one(1, 2, 3, 4));
    badItem('ranges_overlap', 'a number in both', 30, one(1, 3, 3, 5));
    badItem('ranges_descend', 'the later range first', 30, one(11, 12, 1, 2));
    badItem('ranges_odd', 'a first without a last', 30, one(1, 2, 4));
    badItem('ranges_two_parts', 'no array of ends', 30, array([array([number(1), number(0)])]));
    badItem('ranges_four_parts', 'a part too many', 30, array([array([number(1), number(0), array([]), number(0)])]));
    badItem('ranges_flat', 'one array too few', 30, array([number(1), number(0), array([])]));
}

/** What an unknown key may hold. */
function skippedScenarios({ item, badItem }) {
    const nested = (depth, core) => joined(zeros(depth).fill(0x81), core);
    item('unknown_number', 'ok', 'of a later program', kUnknown, number(1));
    item('unknown_map', 'ok', 'a map of texts and arrays', kUnknown, map([[1, array([text('a'), number(2)])], [2, bytes(zeros(3))]]));
    item('unknown_float', 'ok', 'a form that no key of ours has', kUnknown, unhex('fb3ff0000000000000'));
    item('unknown_key_2_64', 'ok', 'the greatest key', 2n ** 64n - 1n, number(0));
    item('unknown_nested_4', 'ok', 'four arrays in one another', kUnknown, nested(4, number(0)));
    badItem('unknown_nested_5', 'five', kUnknown, nested(5, number(0)));
    badItem('unknown_nested_5_empty', 'five, and nothing in them', kUnknown, nested(4, array([])));
    badItem('unknown_nested_1000', 'a thousand', kUnknown, nested(1000, number(0)));
    item('unknown_not_deterministic', 'ok', 'a text in pieces', kUnknown, unhex('7f61616162ff'));
    item('unknown_tag_inside', 'ok', 'a tag in an array', kUnknown, array([joined(head(kCbor.tag, 1), number(1))]));
    badItem('unknown_tag', 'a tag', kUnknown, joined(head(kCbor.tag, 1), number(1)));
    badItem('unknown_not_utf8', 'a text that is none', kUnknown, joined(head(kCbor.text, 1), unhex('ff')));
    badItem('unknown_cut', 'two elements are announced, one is there', kUnknown, joined(head(kCbor.array, 2), number(0)));
    badItem('unknown_break', 'an end of nothing', kUnknown, unhex('ff'));
    badItem('unknown_reserved', 'a head that means nothing', kUnknown, unhex('1c'));
}
