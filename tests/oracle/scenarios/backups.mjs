// Backup files (PROTOCOL §10.1). They are long: the files lie beside the scenarios, which say what to change in them.
import { kChunk, kHeader, kSealedChunk, keysFor, lastChunk, withChecksum, writeBackup } from '../backup.mjs';
import { SecretStream, kFinal, kMessage, kPush } from '../secretstream.mjs';
import { be32, byte, hex, joined, none, utf8, zeros } from '../bytes.mjs';

const kCost = { passes: 1, memory: 8 }; // as little as is allowed: the readers of scenarios wait for it
const kPassphrase = 'twelve words would be better';

export function backupScenarios(book, { random }) {
    const passphrase = utf8(kPassphrase);
    const first = random.bytes(kChunk), second = utf8('and a second chunk');
    const whole = writeBackup(passphrase, kCost, joined(first, second), random);
    book.bytes('backup_two_chunks.tacet', whole);
    const put = (name, expect, comment, changes = {}, words = kPassphrase) =>
        book.add(`backup_${name}`, expect, comment, { file: 'backup_two_chunks.tacet', passphrase: words, ...changes });
    /** The header with some bytes changed and a checksum that fits. */
    const header = (offset, bytes) => {
        const copy = whole.slice(0, kHeader - 16);
        copy.set(bytes, offset);
        return { edit: `0 ${hex(withChecksum(copy))}` };
    };
    put('good', 'ok', 'two chunks');
    put('wrong_passphrase', 'wrong-passphrase', 'another passphrase', {}, 'twelve words would be worse');
    put('no_passphrase', 'wrong-passphrase', 'none', {}, '');
    put('empty', 'not-a-backup', 'an empty file', { cut: 0 });
    put('other_file', 'not-a-backup', 'another first letter', { edit: '0 58' });
    put('newer', 'newer', 'version 2, and nothing else that fits', { edit: '12 02ffffffffffffffff' });
    put('version_0', 'damaged', 'version 0 with a fitting checksum', header(12, byte(0)));
    put('header_cut', 'cut-short', 'the file ends within the header', { cut: 60 });
    put('magic_only', 'cut-short', 'the first twelve bytes', { cut: 12 });
    put('header_alone', 'cut-short', 'no chunk', { cut: kHeader });
    put('header_turned', 'damaged', 'a byte of the salt: the checksum tells', { edit: '25 00ff' });
    put('checksum_turned', 'damaged', 'a byte of the checksum', { edit: '100 00ff' });
    put('salt_changed', 'wrong-passphrase', 'another salt with a fitting checksum: the commitment tells', header(21, zeros(16)));
    put('commitment_changed', 'wrong-passphrase', 'another commitment with a fitting checksum', header(37, zeros(32)));
    put('stream_header_changed', 'damaged', 'another stream header with a fitting checksum', header(69, zeros(24)));
    put('passes_0', 'too-costly', 'no passes', header(13, be32(0)));
    put('passes_11', 'too-costly', 'eleven passes', header(13, be32(11)));
    put('memory_7', 'too-costly', '7 KiB', header(17, be32(7)));
    put('memory_beyond', 'too-costly', '1 GiB and 1 KiB', header(17, be32(1024 * 1024 + 1)));
    put('chunk_turned', 'damaged', 'a byte of the first chunk', { edit: `${kHeader + 1000} 00ff00ff` });
    put('tag_turned', 'damaged', 'the encrypted tag of the last chunk', { edit: `${kHeader + kSealedChunk} 00` });
    put('chunks_swapped', 'damaged', 'the first chunk stands where the second was', { copy: `${kHeader} ${kSealedChunk} ${kHeader + kSealedChunk}` });
    put('last_chunk_missing', 'cut-short', 'whole as far as it goes', { cut: kHeader + kSealedChunk });
    put('cut_within_a_chunk', 'cut-short', 'the last byte is missing', { cut: whole.length - 1 });
    put('byte_too_many', 'damaged', 'something follows the last chunk', { add: '00' });

    put('magic_cut', 'cut-short', 'five letters, all of them right', { cut: 5 });
    put('newer_and_cut', 'newer', 'a later version, and nothing after it', { edit: '12 02', cut: 13 });

    // Made by somebody who has the passphrase: the last chunk is sealed again, with other contents.
    const forged = (name, expect, comment, last, tag) =>
        put(name, expect, comment, { edit: differences(whole, sealedAgain(whole, passphrase, first, last, tag)) });
    const end = lastChunk(second), mark = second.length;
    forged('no_end_mark', 'damaged', 'a last chunk without 0x80', joined(second, zeros(kChunk - mark)), kFinal);
    forged('end_mark_changed', 'damaged', '0x81 in its place', joined(second, byte(0x81), end.slice(mark + 1)), kFinal);
    forged('tag_push', 'damaged', 'a tag that is neither MESSAGE nor FINAL', end, kPush);
    forged('tag_message_at_the_end', 'cut-short', 'all is there, but nothing says that it is the end', end, kMessage);
}

function sealedAgain(whole, passphrase, first, last, tag) {
    const header = whole.slice(0, kHeader);
    const stream = new SecretStream(keysFor(passphrase, header.slice(0, 37)).key, header.slice(69, 93));
    return joined(header, stream.push(first, header, kMessage), stream.push(last, none, tag));
}

/** Edits that make one file of the other: the stream is a key stream, so that little changes little. */
function differences(one, other) {
    const edits = [];
    for (let at = 0; at < one.length; ++at) {
        const start = at;
        while (at < one.length && one[at] !== other[at])
            ++at;
        if (at > start)
            edits.push(`${start} ${hex(other.slice(start, at))}`);
    }
    return edits;
}
