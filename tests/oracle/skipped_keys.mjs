// Keys of messages that did not come yet (PROTOCOL §5.5, limits in §5.7). One list, oldest first: only the current
// chain and its successor get keys, so chains never interleave.
import { equal } from './bytes.mjs';

export const kKeptPerGap = 1000, kKeptPerSession = 2000, kKeptHeaderKeys = 8;
const kLifetime = 30 * 86_400_000;

export class SkippedKeys {
    constructor(list = []) { this.list = list; }
    clone() { return new SkippedKeys([...this.list]); }

    headerKeys() {
        const keys = [];
        for (const { HK } of this.list) {
            if (!keys.length || !equal(keys.at(-1), HK))
                keys.push(HK);
        }
        return keys;
    }
    find(HK, n, now) {
        return this.list.find(kept => kept.n === n && equal(kept.HK, HK) && now - kept.at <= kLifetime);
    }
    remove(kept) { this.list = this.list.filter(other => other !== kept); }
    expire(now) { this.list = this.list.filter(kept => now - kept.at <= kLifetime); }

    /** `keys`: [{ n, mk }] of one gap. */
    add(HK, keys, now) {
        for (const { n, mk } of keys)
            this.list.push({ HK, n, mk, at: now });
        if (this.list.length > kKeptPerSession)
            this.list = this.list.slice(-kKeptPerSession);
        const headers = this.headerKeys();
        if (headers.length > kKeptHeaderKeys) {
            const oldest = headers.slice(0, -kKeptHeaderKeys);
            this.list = this.list.filter(kept => !oldest.some(HK => equal(HK, kept.HK)));
        }
    }
}
