// The safety number (PROTOCOL §3.9).
import { sha512 } from './primitives.mjs';
import { base64url, be16, byte, equal, fromBase64url, joined, numberOf } from './bytes.mjs';

const kVersion = 1, kStart = 'tacet-number:';

export function fingerprint(IK) {
    let h = sha512(joined(be16(0), IK, IK, IK));
    for (let i = 1; i < 5200; ++i)
        h = sha512(joined(h, IK));
    return h.slice(0, 32);
}
function fingerprintDigits(print) {
    let digits = '';
    for (let at = 0; at < 30; at += 5)
        digits += String(numberOf(print.slice(at, at + 5)) % 100_000n).padStart(5, '0');
    return digits;
}
export function safetyNumber(IKa, IKb) {
    const sides = [IKa, IKb].map(IK => fingerprintDigits(fingerprint(IK))).sort();
    return sides.join('').match(/.{5}/g).join(' ');
}

export const qrText = (version, own, other) => kStart + base64url(joined(byte(version), own, other));
/** What the other side's code says to us: the name of an outcome. */
export function scan(text, IKown, IKpeer) {
    const bytes = text.startsWith(kStart) ? fromBase64url(text.slice(kStart.length)) : null;
    if (!bytes || bytes.length < 1)
        return 'not-a-code';
    if (bytes[0] > kVersion)
        return 'newer';
    if (bytes[0] !== kVersion || bytes.length !== 65)
        return 'not-a-code';
    const theirs = equal(bytes.slice(1, 33), fingerprint(IKpeer)), ours = equal(bytes.slice(33), fingerprint(IKown));
    return theirs && ours ? 'same' : 'different';
}
