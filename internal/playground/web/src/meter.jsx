import { useEffect, useState, useSyncExternalStore } from 'react';
import { available, current, subscribe } from './meter.js';

const number = new Intl.NumberFormat('en-US');
const shown = value => (value == null ? '–' : number.format(value));

// useNow answers the time, renewed four times a second while it is asked for.
function useNow(running) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

// Meter shows what the last operation cost and what the bucket still holds.
export function Meter() {
  const reading = useSyncExternalStore(subscribe, current);
  const { bucket } = reading;
  const full = !bucket || available(bucket, performance.now()) >= bucket.maximumAvailable;
  const now = useNow(!full);
  const left = bucket ? available(bucket, Math.max(now, bucket.at)) : 0;

  return (
    <section className="meter" aria-label="Cost" data-state={reading.state}>
      <Cost reading={reading} />
      <Level bucket={bucket} left={left} used={reading.actual ?? 0} />
    </section>
  );
}

function Cost({ reading: { state, requested, actual, code, message, retryAfter } }) {
  if (state === 'idle') return <p className="cost">Run an operation to see its cost</p>;
  if (state === 'refused') {
    const wait = retryAfter ? ` Again in ${retryAfter} s.` : '';
    return (
      <p className="cost" role="status" title={message + wait}>
        <strong>Refused</strong> {code && <code>{code}</code>} <span className="why">{message}{wait}</span>
      </p>
    );
  }
  return (
    <p className="cost" role="status">
      cost <strong data-cost="actual">{shown(actual)}</strong>
      {' '}of <span data-cost="requested">{shown(requested)}</span> requested
    </p>
  );
}

function Level({ bucket, left, used }) {
  const max = bucket?.maximumAvailable ?? 0;
  const share = points => `${max ? Math.min(100, (100 * points) / max) : 0}%`;
  return (
    <div className="level">
      <div
        className="bucket"
        role="meter"
        aria-label="Points available"
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={left}
      >
        <i className="left" style={{ width: share(left) }} />
        <i className="used" style={{ width: share(Math.min(used, max - left)) }} />
      </div>
      <p>
        {bucket ? <><b data-cost="available">{shown(left)}</b> / {shown(max)}, +{shown(bucket.restoreRate)}/s</> : 'points available'}
      </p>
    </div>
  );
}
