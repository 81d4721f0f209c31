// Links as people and programs bring them, and payloads that only their checksum vouches for (PROTOCOL §3.2, §3.3).
import { payloadOf, textOf, withChecksum, makeLink, kReusable } from '../link.mjs';
import { H, identityPublic } from '../primitives.mjs';
import { base64url, fromBase64url, joined, utf8 } from '../bytes.mjs';

export function linkScenarios(book, { link, bob, random }) {
    const payload = link.text.slice('tacet:'.length);
    const add = (name, expect, comment, pasted) => book.add(`link_${name}`, expect, comment, { pasted: utf8(pasted) });
    const reusable = makeLink(kReusable, identityPublic(bob), ['wss://one.example', 'ws://[2001:db8::1]:7000', 'wss://two.example/inbox'], random);
    const hash = H(identityPublic(bob)).slice(0, 16), key = random.bytes(32);
    const made = (head, relays, id = hash) => textOf(withChecksum(payloadOf(head, key, id, relays)));

    add('good', 'ok', 'a one-time link with one relay', link.text);
    add('good_reusable_three_relays', 'ok', 'a reusable link; one relay by IPv6 and without TLS, one with a path', reusable.text);
    add('good_web_address', 'ok', 'the payload behind # of an https address', `https://example.org/invite#${payload}`);
    add('good_upper_case_scheme', 'ok', 'some keyboards begin with a capital', `Tacet:${payload}`);
    add('good_wrapped', 'ok', 'white space inside, as mail programs make it', `tacet:${payload.slice(0, 40)}\r\n  ${payload.slice(40, 70)}\n${payload.slice(70)}`);
    add('good_text_before', 'ok', 'a sentence before it', `Here is my link: ${link.text}`);
    add('good_text_after', 'ok', 'another line after it', `${link.text}\nSee you soon`);
    add('good_brackets', 'ok', 'in angle brackets, with a full stop', `<${link.text}>.`);
    add('good_dash_and_underscore', 'ok', 'base64url with - and _, which a maker avoids and a reader accepts', dashed(hash, random));
    add('good_wrapped_text_after', 'ok', 'broken over two lines, and a sentence behind it', `tacet:${payload.slice(0, 64)}\n${payload.slice(64)}\nSee you soon`);
    add('web_address_of_something_else', 'not-a-link', 'an ordinary bookmark', 'https://example.org/wiki#History');
    add('web_address_cut', 'damaged', 'long enough to have been one', `https://example.org/#${payload.slice(0, -3)}`);
    add('longer_than_a_page', 'not-a-link', 'more than 4,096 bytes are not looked at', `${'x'.repeat(4096)} ${link.text}`);
    add('no_link', 'not-a-link', 'an ordinary sentence', 'hello, how are you?');
    add('http_address', 'not-a-link', 'http is not https', `http://example.org/#${payload}`);
    add('empty', 'damaged', 'the scheme and nothing else', 'tacet:');
    add('one_letter_more', 'damaged', 'a letter at the end', `${link.text}A`);
    add('cut', 'damaged', 'the last letter is missing', link.text.slice(0, -1));
    add('mistyped', 'damaged', 'one letter in the middle is another', link.text.slice(0, 50) + (link.text[50] === 'a' ? 'b' : 'a') + link.text.slice(51));
    add('bits_after_the_end', 'damaged', 'the last letter has bits that stand for nothing', spare(link.text));
    add('newer_version', 'newer', 'version 2, with a fitting checksum', made(0x21, ['wss://relay.example']));
    add('newer_version_short', 'newer', 'version 15 and nothing after it', textOf(withChecksum(Uint8Array.of(0xf1))));
    add('newer_version_bad_checksum', 'damaged', 'version 2, mistyped: the checksum comes first', textOf(joined(payloadOf(0x21, key, hash, ['wss://relay.example']), new Uint8Array(4))));
    add('version_0', 'damaged', 'there was no version 0', made(0x01, ['wss://relay.example']));
    add('unknown_type', 'damaged', 'type 3 is for tombstones', made(0x13, ['wss://relay.example']));
    add('no_relay', 'damaged', 'leads nowhere', made(0x11, []));
    add('four_relays', 'damaged', 'three at most', made(0x11, ['wss://a.example', 'wss://b.example', 'wss://c.example', 'wss://d.example']));
    add('relay_upper_case', 'damaged', 'one relay has one spelling', made(0x11, ['wss://Relay.example']));
    add('relay_with_user', 'damaged', 'user@host shows one host and means another', made(0x11, ['wss://user@relay.example']));
    add('relay_bare_slash', 'damaged', 'a slash after a bare host', made(0x11, ['wss://relay.example/']));
    add('relay_query', 'damaged', 'a query', made(0x11, ['wss://relay.example?x']));
    add('relay_port_0', 'damaged', 'port 0', made(0x11, ['wss://relay.example:0']));
    add('relay_port_with_zeros', 'damaged', 'a port has one spelling', made(0x11, ['wss://relay.example:0443']));
    add('relay_path_with_at', 'damaged', 'an @ in the path', made(0x11, ['wss://relay.example/a@b']));
    add('relay_two_dots', 'damaged', 'an empty label', made(0x11, ['wss://relay..example']));
    add('relay_not_ascii', 'damaged', 'a host in Latin-1', made(0x11, ['wss://b\u00fccher.example']));
    add('relay_101_characters', 'damaged', '100 characters at most', made(0x11, ['wss://' + 'a'.repeat(60) + '.' + 'b'.repeat(34)]));
    add('relay_cut', 'damaged', 'the length of the relay points past the end', textOf(withChecksum(payloadOf(0x11, key, hash, ['wss://relay.example']).slice(0, -2))));
    add('hash_cut', 'damaged', 'the identity hash is cut', textOf(withChecksum(payloadOf(0x11, key, hash.slice(0, 15), []))));
    add('too_long', 'damaged', '214 characters do not fit the code', made(0x11, ['wss://' + 'a'.repeat(40) + '.' + 'b'.repeat(30) + '.c', 'wss://' + 'd'.repeat(28)]));
    add('good_name_before_web_address', 'ok', 'the name with a colon, then a web address', `Write to me on Tacet: https://example.org/i#${payload}`);
    add('good_name_before_scheme', 'ok', 'the name with a colon, then the link', `My Tacet: ${link.text}`);
    add('good_host_is_the_scheme', 'ok', 'a host that reads like the scheme', `https://tacet:8443/i#${payload}`);
    add('good_second_web_address', 'ok', 'another address before it', `Docs https://x.example/a#b and here https://example.org/i#${payload}`);
    add('name_and_bookmark', 'damaged', 'the name with a colon and an ordinary bookmark', 'On Tacet: see https://x.example/a#b');
}

function dashed(hash, random) {
    for (;;) {
        const text = textOf(withChecksum(payloadOf(0x11, random.bytes(32), hash, ['wss://relay.example'])));
        if (text.includes('-') && text.includes('_'))
            return text;
    }
}

/** The same bytes in a text that is not the canonical one; lengthened until the last letter has spare bits. */
function spare(text) {
    const payload = text.slice('tacet:'.length), bytes = fromBase64url(payload);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    if (bytes.length % 3 === 0)
        throw new Error('no spare bits in this link');
    return `tacet:${base64url(bytes).slice(0, -1)}${alphabet[alphabet.indexOf(payload.at(-1)) + 1]}`;
}
