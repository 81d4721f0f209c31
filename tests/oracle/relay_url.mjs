// The relay URLs that links and bundles carry (PROTOCOL §3.2).
const kLongest = 100;
const host = /^(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]{3,}\])$/;
const shape = /^wss?:\/\/(\[[^\]]*\]|[^:/]*)(?::([1-9][0-9]{0,4}))?(?:\/[^\s"#<>?@[\\\]^`{|}]+)?$/;

export function isRelayUrl(url) {
    const match = shape.exec(url);
    if (!match || url.length > kLongest || !/^[\x21-\x7e]*$/.test(url))
        return false;
    const [, name, port] = match;
    return host.test(name) && !name.includes('..') && Number(port ?? 1) <= 65535;
}
