import { createGraphiQLFetcher } from '@graphiql/toolkit';
import * as meter from './meter.js';

// meteredFetch shows each answer to the meter on its way to GraphiQL.
async function meteredFetch(url, init) {
  const response = await fetch(url, init).catch(err => {
    throw failure(`${url} could not be reached: ${err.message}`);
  });
  if (!/json/.test(response.headers.get('content-type') ?? '')) {
    throw failure(`${url} answered ${response.status} without JSON`);
  }
  meter.record(await response.clone().json(), response.headers.get('retry-after'));
  return response;
}

function failure(message) {
  meter.fail(message);
  return new Error(message);
}

// metered shows each message of a subscription to the meter. It hands return()
// straight through: a generator would only stop at the next message.
function metered(messages) {
  const iterator = messages[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() { return this; },
    async next() {
      const step = await iterator.next();
      if (!step.done && step.value?.extensions?.cost) meter.record(step.value);
      return step;
    },
    return: value => iterator.return?.(value) ?? Promise.resolve({ done: true, value }),
    throw: err => iterator.throw?.(err) ?? Promise.reject(err),
  };
}

function socketURL(url) {
  const absolute = new URL(url, location.href);
  absolute.protocol = absolute.protocol.replace(/^http/, 'ws');
  return absolute.href;
}

// newFetcher sends queries and mutations over HTTP and subscriptions over a
// socket of their own, opened with the headers of that moment: two identities
// never share one.
export function newFetcher({ endpoint, subscriptions }) {
  const fetcher = createGraphiQLFetcher({
    url: endpoint,
    subscriptionUrl: socketURL(subscriptions),
    enableIncrementalDelivery: false,
    headers: { accept: 'application/graphql-response+json, application/json' },
    fetch: meteredFetch,
  });
  return async (params, options) => {
    const answer = await fetcher(params, options);
    return answer?.[Symbol.asyncIterator] ? metered(answer) : answer;
  };
}
