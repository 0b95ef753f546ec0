// What the headers editor says about who is asking. The editor's text is the
// only truth: the bar reads it and writes to it, and keeps no token of its own.

function parse(text) {
  try {
    const headers = JSON.parse(text || '{}');
    return headers && typeof headers === 'object' && !Array.isArray(headers) ? headers : {};
  } catch {
    return {};
  }
}

const isAuthorization = name => name.toLowerCase() === 'authorization';

// tokenIn answers the bearer token of a headers text, or ''.
export function tokenIn(text) {
  const headers = parse(text);
  const name = Object.keys(headers).find(isAuthorization);
  const match = /^Bearer\s+(\S+)$/i.exec(String(headers[name] ?? ''));
  return match ? match[1] : '';
}

// withToken answers the headers text with its bearer token replaced, or
// removed when the token is ''. Other headers stay.
export function withToken(text, token) {
  const others = Object.entries(parse(text)).filter(([name]) => !isAuthorization(name));
  const headers = token ? [['Authorization', `Bearer ${token}`], ...others] : others;
  return headers.length ? JSON.stringify(Object.fromEntries(headers), null, 2) : '';
}

// masked shows which token it is and not the token: its prefix, which tells the
// kind, and its last four characters.
export function masked(token) {
  if (token.length < 12) return token ? '••••' : '';
  const head = /^[a-z]{2,8}_(?:[a-z]{2,8}_)?/.exec(token)?.[0] ?? '';
  return `${head}••••${token.slice(-4)}`;
}

const remembered = 'barre:identity';

// remember keeps the identity's names, never its token, for the next visit.
export function remember({ tenant, name }) {
  localStorage.setItem(remembered, JSON.stringify({ tenant, name }));
}

// recall answers the identity of the last visit, else the first there is.
export function recall(identities) {
  const last = parse(localStorage.getItem(remembered));
  return identities.find(i => i.tenant === last.tenant && i.name === last.name) ?? identities[0];
}

// ofKind answers the identity of a kind, of the given tenant if it has one.
export function ofKind(identities, kind, tenant) {
  const same = identities.filter(i => i.kind === kind);
  return same.find(i => i.tenant === tenant) ?? same[0];
}
