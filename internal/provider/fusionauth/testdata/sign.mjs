// Tokens as FusionAuth signs its webhooks with, made by a library that is not
// ours. Argument: the digest of the body. Prints public keys and tokens.
import * as jose from 'jose'

const [digest] = process.argv.slice(2)
const claims = { request_body_sha256: digest }
const text = new TextEncoder()
const secret = text.encode('a shared secret of thirty-two bytes and more')
const made = { keys: [], tokens: {} }
const sign = (alg, key, kid) => new jose.SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key)
made.tokens.HS256 = await sign('HS256', secret, 'shared')
for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  made.keys.push({ ...await jose.exportJWK(publicKey), kid: alg, alg, use: 'sig' })
  made.tokens[alg] = await sign(alg, privateKey, alg)
  // The classic: a public key, which everybody has, as a shared secret.
  made.tokens['HS256 by the key of ' + alg] = await sign('HS256', text.encode(await jose.exportSPKI(publicKey)), alg)
}
made.tokens.none = new jose.UnsecuredJWT(claims).encode()
console.log(JSON.stringify(made))
