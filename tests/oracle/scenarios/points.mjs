// Keys that §2.2 refuses: of the field, of small order, outside the subgroup.
import { ed25519 } from '@noble/curves/ed25519.js';
import { byte, joined, zeros } from '../bytes.mjs';

export const { Point } = ed25519;
export const kOrder = Point.Fn.ORDER;
export const le32 = value => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex')).reverse();

/** Ed25519, of order 8. */
export const smallPoint = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
export const kSmallOrder = smallPoint.toBytes();
export const withSmallOrderPart = key => Point.fromBytes(key).add(smallPoint).toBytes();

/** X25519: u = p, u = 0, and any u with the top bit. */
export const notCanonical = le32(2n ** 255n - 19n);
export const zeroPoint = zeros(32);
export const withTopBit = key => joined(key.slice(0, 31), byte(key[31] | 0x80));
