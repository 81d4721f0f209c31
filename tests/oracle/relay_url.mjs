// The relay URLs that links and bundles carry (PROTOCOL §3.2).
const kLongest = 100;
const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const host = `${label}(?:\\.${label})*`;
const shape = new RegExp(`^wss?://(?:${host}|\\[([0-9a-f:.]+)\\])(?::([0-9]{1,5}))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]+)?$`);

export function isRelayUrl(url) {
    const match = shape.exec(url);
    if (!match || url.length > kLongest)
        return false;
    const [, address, port] = match;
    return (address === undefined || isIpv6(address)) && (port === undefined || (+port >= 1 && +port <= 65535));
}

function isIpv6(text) {
    try {
        new URL(`http://[${text}]/`);
        return true;
    } catch {
        return false;
    }
}
