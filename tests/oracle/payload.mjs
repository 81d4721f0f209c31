// What stands inside a message (PROTOCOL §7.2 to §7.4): one map of deterministic CBOR. Numbers are BigInt, up to 2^60.
import { Refusal } from './refusal.mjs';
import { base64, be16, be32, be64, byte, equal, hex, joined, numberOf, utf8, zeros } from './bytes.mjs';

export const kText = 1, kHello = 2, kReceipt = 3, kQuestion = 4, kGone = 5, kRendezvous = 6, kName = 7, kMailbox = 8,
    kTyping = 9, kNothing = 10;

const kMaxSize = 30_720, kMaxEntries = 64, kMaxDepth = 4, kMaxRanges = 120, kMaxNumber = 2n ** 60n;
const kUnsigned = 0, kNegative = 1, kBytes = 2, kUtf8 = 3, kArray = 4, kMap = 5, kTag = 6, kSimple = 7;
const kFalse = 20n, kTrue = 21n;
const refuse = () => { throw new Refusal('not-a-payload'); };

// --- One item ---

export function head(major, value) {
    const n = BigInt(value), first = info => byte(major << 5 | info);
    return n < 24n ? first(Number(n)) : n < 2n ** 8n ? joined(first(24), byte(Number(n)))
        : n < 2n ** 16n ? joined(first(25), be16(n)) : n < 2n ** 32n ? joined(first(26), be32(n)) : joined(first(27), be64(n));
}
export const number = value => head(kUnsigned, value);
export const bytes = value => joined(head(kBytes, value.length), value);
export const text = value => joined(head(kUtf8, utf8(value).length), value);
export const truth = value => head(kSimple, value ? kTrue : kFalse);
export const array = items => joined(head(kArray, items.length), ...items);
/** `entries`: [[key, item], …] */
export const map = entries => joined(head(kMap, entries.length), ...entries.flatMap(([key, item]) => [number(key), item]));

function textOf(raw) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    } catch {
        return refuse();
    }
}

class Items {
    constructor(source) {
        this.source = source;
        this.at = 0;
    }
    take(count) {
        if (BigInt(this.source.length - this.at) < BigInt(count))
            refuse();
        this.at += Number(count);
        return this.source.slice(this.at - Number(count), this.at);
    }
    /** { major, value }; in the one shortest form, where `strict`. No value: of indefinite length, or its end. */
    head(strict = true) {
        const from = this.at, [first] = this.take(1), major = first >> 5, info = first & 31;
        if (info >= 28 && (info < 31 || strict))
            refuse();
        if (info === 31)
            return { major };
        const value = info < 24 ? BigInt(info) : numberOf(this.take(2 ** (info - 24)));
        if (strict && !equal(head(major, value), this.source.slice(from, this.at)))
            refuse();
        return { major, value, info };
    }
    value(major, maximum) {
        const { major: actual, value } = this.head();
        return actual === major && value <= BigInt(maximum) ? value : refuse();
    }
    number(maximum = kMaxNumber) { return this.value(kUnsigned, maximum); }
    bytes(maximum) { return this.take(this.value(kBytes, maximum)); }
    fixed(size) {
        const value = this.bytes(size);
        return value.length === size ? value : refuse();
    }
    text(maximum) {
        return textOf(this.take(this.value(kUtf8, maximum)));
    }
    truth() {
        const value = this.value(kSimple, kTrue);
        return value >= kFalse ? value === kTrue : refuse();
    }
    array(maximum, item) { return Array.from({ length: Number(this.value(kArray, maximum)) }, item); }
    /** Any valid item, in whatever form, but for a tag around all of it; false: the end of what has no length. */
    skip(depth = 0) {
        const { major, value, info } = this.head(false);
        const endless = value === undefined;
        if (endless && [kUnsigned, kNegative, kTag].includes(major) || major === kSimple && info === 24 && value < 32n)
            refuse();
        if (major === kTag)
            return depth > 0 && this.skip(depth) || refuse();
        if (major === kSimple)
            return !endless;
        if (major === kBytes || major === kUtf8)
            endless ? this.skipChunks(major) : this.skipString(major, value);
        if (major !== kArray && major !== kMap)
            return true;
        if (depth === kMaxDepth)
            refuse();
        const count = endless ? Infinity : Number(value) * (major === kMap ? 2 : 1);
        let done = 0;
        while (done < count && this.skip(depth + 1))
            ++done;
        return done === count || endless && (major === kArray || done % 2 === 0) || refuse();
    }
    skipString(major, size) {
        const raw = this.take(size);
        if (major === kUtf8)
            textOf(raw);
    }
    skipChunks(major) {
        for (;;) {
            const { major: chunk, value } = this.head(false);
            if (chunk === kSimple && value === undefined)
                return;
            if (chunk !== major || value === undefined)
                refuse();
            this.skipString(major, value);
        }
    }
}

// --- The fields ---

const isZero = value => value === 0n || value === false || value.length === 0;
const numberField = { read: items => items.number(), write: number, none: 0n };
const truthField = { read: items => items.truth(), write: truth, none: false };
const fixedField = size => ({ read: items => items.fixed(size), write: bytes, none: zeros(size) });
const textField = maximum => ({ read: items => items.text(maximum), write: text, none: '' });
const listField = (read, write) => ({ read, write: list => array(list.map(write)), none: [] });

function readRanges(items) {
    if (items.value(kArray, 3) !== 3n)
        refuse();
    const epoch = items.number(), readUpTo = items.number(), ends = items.array(2 * kMaxRanges, () => items.number());
    const ranges = [];
    for (let i = 0; i < ends.length; i += 2) {
        const [first, last] = ends.slice(i, i + 2), before = ranges.at(-1)?.[1] ?? -1n;
        if (last === undefined || last < first || first <= before + 1n)
            refuse();
        ranges.push([first, last]);
    }
    return { epoch, readUpTo, ranges };
}
const writeRanges = ({ epoch, readUpTo, ranges }) => array([number(epoch), number(readUpTo), array(ranges.flat().map(number))]);

/** Name and form of each key after version and kind. */
const kFields = new Map([
    [2, ['device', fixedField(16)]],
    [3, ['epoch', numberField]],
    [4, ['sequence', numberField]],
    [5, ['sessionNumber', numberField]],
    [6, ['sessionBasis', numberField]],
    [7, ['sent', numberField]],
    [10, ['messageId', fixedField(16)]],
    [11, ['text', textField(28_000)]],
    [20, ['name', textField(128)]],
    [21, ['mailbox', { ...fixedField(32), none: zeros(0) }]],
    [22, ['mailboxNumber', numberField]],
    [23, ['relays', listField(items => items.array(16, () => items.text(100)), text)]],
    [24, ['restored', numberField]],
    [25, ['highestSession', numberField]],
    [26, ['startAbove', truthField]],
    [30, ['ranges', listField(items => items.array(64, () => readRanges(items)), writeRanges)]],
    [31, ['unopened', listField(items => items.array(16, () => items.fixed(32)), bytes)]],
    [40, ['record', { read: items => items.bytes(3000), write: bytes, none: zeros(0) }]],
    [50, ['typing', truthField]],
]);
const kAlways = 2, kTextAlways = [10, 11];

/** A payload with everything that `given` does not say. */
export const payloadOf = given => ({ ...Object.fromEntries([...kFields.values()].map(([name, { none }]) => [name, none])), ...given });

/** What a writer leaves in: [[key, item], …]. */
export function entriesOf(payload) {
    const kept = ([key, [name]]) => kTextAlways.includes(key) ? payload.kind === kText : key === kAlways || !isZero(payload[name]);
    return [[0, number(1)], [1, number(payload.kind)],
        ...[...kFields].filter(kept).map(([key, [name, { write }]]) => [key, write(payload[name])])];
}
export const writePayload = payload => map(entriesOf(payload));

export function readPayload(source) {
    if (source.length > kMaxSize)
        throw new Refusal('too-large');
    const items = new Items(source), count = items.value(kMap, kMaxEntries);
    if (count < 1n || items.number() !== 0n)
        refuse();
    const version = items.number();
    if (version > 1n)
        throw new Refusal('newer');
    if (version < 1n || count < 2n || items.number() !== 1n)
        refuse();
    const payload = payloadOf({ kind: Number(items.number(1_000_000)) });
    for (let i = 2n, before = 1n; i < count; ++i) {
        const key = items.number(2n ** 64n - 1n);
        if (key <= before)
            refuse();
        before = key;
        const [name, form] = kFields.get(Number(key)) ?? [];
        if (form)
            payload[name] = form.read(items);
        else if (!items.skip())
            refuse();
    }
    const { kind, epoch, sequence } = payload;
    if (kind < 1 || items.at !== source.length || (epoch === 0n) !== (sequence === 0n)
        || kind === kText && (payload.text === '' || epoch === 0n))
        refuse();
    return payload;
}

/** "EPOCH READ-UP-TO FIRST-LAST …" */
export const rangesText = ({ epoch, readUpTo, ranges }) => [epoch, readUpTo, ...ranges.map(ends => ends.join('-'))].join(' ');
