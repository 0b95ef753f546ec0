import assert from 'node:assert/strict';
import { test } from 'node:test';
import { masked, ofKind, tokenIn, withToken } from '../src/credential.js';
import { available, current, record } from '../src/meter.js';

test('the token of a headers text', () => {
  assert.equal(tokenIn('{"authorization": "bearer abc"}'), 'abc');
  assert.equal(tokenIn('{"Authorization": "Basic abc"}'), '');
  for (const text of ['', '{', '[]', 'null', '{}']) assert.equal(tokenIn(text), '', text);
});

test('a token is replaced and other headers stay', () => {
  const text = withToken('{"authorization": "Bearer old", "X-Trace": "1"}', 'new');
  assert.deepEqual(JSON.parse(text), { Authorization: 'Bearer new', 'X-Trace': '1' });
  assert.deepEqual(JSON.parse(withToken(text, '')), { 'X-Trace': '1' });
  assert.equal(withToken('{"Authorization": "Bearer old"}', ''), '');
});

test('a mask shows the kind and four characters', () => {
  assert.equal(masked('sk_live_abc_def_0123456789'), 'sk_live_••••6789');
  assert.equal(masked('eyJhbGciOiJIUzI1NiJ9'), '••••NiJ9');
  assert.equal(masked('short'), '••••');
  assert.equal(masked(''), '');
});

test('an identity of a kind is of the same tenant where there is one', () => {
  const all = [{ tenant: 'a', kind: 'owner' }, { tenant: 'b', kind: 'owner' }];
  assert.equal(ofKind(all, 'owner', 'b'), all[1]);
  assert.equal(ofKind(all, 'owner', 'c'), all[0]);
  assert.equal(ofKind(all, 'secret', 'a'), undefined);
});

test('a bucket refills and does not overflow', () => {
  const bucket = { maximumAvailable: 100, currentlyAvailable: 10, restoreRate: 50, at: 0 };
  assert.equal(available(bucket, 0), 10);
  assert.equal(available(bucket, 500), 35);
  assert.equal(available(bucket, 60_000), 100);
});

test('partial data is an answer, no data is a refusal that keeps the bucket', () => {
  const throttleStatus = { maximumAvailable: 100, currentlyAvailable: 10, restoreRate: 1 };
  const cost = { requestedQueryCost: 9, actualQueryCost: 4, throttleStatus };
  record({ data: { a: null }, errors: [{ message: 'x' }], extensions: { cost } });
  assert.equal(current().state, 'answered');
  record({ errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] });
  assert.equal(current().state, 'refused');
  assert.equal(current().code, 'UNAUTHENTICATED');
  assert.equal(current().bucket.currentlyAvailable, 10);
});
