// The last cost the server told, outside React so that the fetcher can write it.

const listeners = new Set();
let reading = { state: 'idle' };

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const current = () => reading;

function set(next) {
  reading = next;
  listeners.forEach(listener => listener());
}

// record takes the answer to one operation. An answer without data and with
// errors is a refusal: the operation did not run. What an answer does not say
// about the bucket stays as it was last told.
export function record({ data, errors, extensions }, retryAfter) {
  const cost = extensions?.cost;
  const refused = data == null && errors?.length > 0;
  const retry = retryAfter ? Number(retryAfter) : undefined;
  set({
    state: refused ? 'refused' : 'answered',
    requested: cost?.requestedQueryCost,
    actual: cost?.actualQueryCost,
    code: refused ? errors[0].extensions?.code : undefined,
    message: refused ? errors[0].message : undefined,
    retryAfter: Number.isFinite(retry) ? retry : undefined,
    bucket: cost?.throttleStatus ? { ...cost.throttleStatus, at: performance.now() } : reading.bucket,
  });
}

// fail says that there was no answer at all.
export function fail(message) {
  set({ state: 'refused', message, bucket: reading.bucket });
}

// available estimates what the bucket holds at a moment: what the server told,
// refilled at its rate, never over the brim.
export function available({ maximumAvailable, currentlyAvailable, restoreRate, at }, now) {
  const restored = ((now - at) / 1000) * (restoreRate ?? 0);
  return Math.min(maximumAvailable, Math.floor(currentlyAvailable + restored));
}
