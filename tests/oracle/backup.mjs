// The backup stream (PROTOCOL §10.1).
import { argon2id } from '@noble/hashes/argon2.js';
import { H, KDF } from './primitives.mjs';
import { SecretStream, kFinal, kMessage } from './secretstream.mjs';
import { Refusal } from './refusal.mjs';
import { be32, byte, equal, joined, none, numberOf, utf8, zeros } from './bytes.mjs';

export const kHeader = 109, kChunk = 65536, kSealedChunk = kChunk + 17;
const kMagic = 'TacetBackup\n', kVersion = 1;

const checksum = bytes => H('Tacet backup header', bytes).slice(0, 16);
export const withChecksum = bytes => joined(bytes, checksum(bytes));
export function keysFor(passphrase, P) {
    const number = at => Number(numberOf(P.slice(at, at + 4)));
    const master = argon2id(passphrase, P.slice(21), { t: number(13), m: number(17), p: 1, dkLen: 32 });
    return { key: KDF(none, master, joined('Tacet1 backup key', P), 32),
        commitment: KDF(none, master, joined('Tacet1 backup commitment', P), 32) };
}

export const lastChunk = plain => joined(plain, byte(0x80), zeros(kChunk - plain.length - 1));

export function writeBackup(passphrase, { passes, memory }, plain, random) {
    const P = joined(kMagic, byte(kVersion), be32(passes), be32(memory), random.bytes(16)), streamHeader = random.bytes(24);
    const { key, commitment } = keysFor(passphrase, P);
    const header = withChecksum(joined(P, commitment, streamHeader)), stream = new SecretStream(key, streamHeader);
    const out = [header];
    let ad = header;
    for (; plain.length >= kChunk; plain = plain.slice(kChunk), ad = none)
        out.push(stream.push(plain.slice(0, kChunk), ad, kMessage));
    out.push(stream.push(lastChunk(plain), ad, kFinal));
    return joined(...out);
}

export function readBackup(file, passphrase) {
    const P = file.slice(0, 37);
    const magic = utf8(kMagic);
    if (!equal(file.slice(0, 12), magic.slice(0, file.length)) || file.length === 0)
        throw new Refusal('not-a-backup');
    if (file.length > 12 && file[12] > kVersion)
        throw new Refusal('newer');
    if (file.length < kHeader)
        throw new Refusal('cut-short');
    const header = file.slice(0, kHeader);
    if (!equal(withChecksum(header.slice(0, 93)), header) || file[12] !== kVersion)
        throw new Refusal('damaged');
    const passes = numberOf(P.slice(13, 17)), memory = numberOf(P.slice(17, 21));
    if (passes < 1n || passes > 10n || memory < 8n || memory > 1048576n)
        throw new Refusal('too-costly');
    const { key, commitment } = keysFor(passphrase, P);
    if (!equal(commitment, header.slice(37, 69)))
        throw new Refusal('wrong-passphrase');
    return readChunks(file.slice(kHeader), new SecretStream(key, header.slice(69, 93)), header);
}

function readChunks(rest, stream, ad) {
    const out = [];
    for (;; ad = none) {
        if (rest.length < kSealedChunk)
            throw new Refusal('cut-short');
        const opened = stream.pull(rest.slice(0, kSealedChunk), ad);
        rest = rest.slice(kSealedChunk);
        if (!opened || (opened.tag !== kMessage && opened.tag !== kFinal))
            throw new Refusal('damaged');
        if (opened.tag === kMessage) {
            out.push(opened.plain);
            continue;
        }
        const end = opened.plain.findLastIndex(b => b !== 0);
        if (rest.length > 0 || end < 0 || opened.plain[end] !== 0x80)
            throw new Refusal('damaged');
        return joined(...out, opened.plain.slice(0, end));
    }
}
