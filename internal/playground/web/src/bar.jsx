import { createPortal } from 'react-dom';
import { masked, ofKind, remember, tokenIn, withToken } from './credential.js';
import { useHeaders } from './headers.js';
import { Meter } from './meter.jsx';

const labels = { owner: 'Owner', guardian: 'Guardian', publishable: 'Publishable key', secret: 'Secret key' };

// Bar is the strip above GraphiQL: who is asking, and what it costs.
// onCredential hears the headers that new tabs are to begin with.
export function Bar({ config, onCredential }) {
  return createPortal(
    <>
      <h1>Barre <span>playground</span></h1>
      {config.identities.length ? (
        <Identities identities={config.identities} onCredential={onCredential} />
      ) : (
        <TokenField onCredential={onCredential} />
      )}
      <Meter />
      <a className="sdl" href={config.schema} target="_blank" rel="noreferrer">Schema (SDL)</a>
    </>,
    document.getElementById('bar'),
  );
}

function Identities({ identities, onCredential }) {
  const [text, write] = useHeaders();
  const token = tokenIn(text);
  const active = identities.find(i => i.token === token);
  const tenants = [...new Set(identities.map(i => i.tenant))];
  const tenant = active?.tenant ?? tenants[0];

  const choose = identity => {
    const headers = withToken(text, identity.token);
    remember(identity);
    onCredential(headers);
    write(headers);
  };
  const enter = name => {
    const there = identities.filter(i => i.tenant === name);
    choose(ofKind(there, active?.kind, name) ?? there[0]);
  };

  return (
    <div className="who">
      <label>
        <span className="hidden">Tenant</span>
        <select value={active ? tenant : ''} onChange={event => enter(event.target.value)}>
          {!active && <option value="" disabled>Another tenant</option>}
          {tenants.map(name => <option key={name}>{name}</option>)}
        </select>
      </label>
      <div role="radiogroup" aria-label="Identity" className="identities">
        {identities.filter(i => i.tenant === tenant).map(identity => (
          <button
            key={identity.name}
            role="radio"
            aria-checked={identity === active}
            title={identity.name}
            data-kind={identity.kind}
            onClick={() => choose(identity)}
          >
            {labels[identity.kind] ?? identity.name}
          </button>
        ))}
      </div>
      <Token token={token} name={active ? active.name : token ? 'A token of your own' : 'Nobody'} />
    </div>
  );
}

function Token({ token, name }) {
  return (
    <span className="token" title="The token is in the headers editor.">
      <span>{name}</span>
      <code>{masked(token) || 'no token'}</code>
    </span>
  );
}

// TokenField stands where there are no demo identities: the reader brings a
// token. It lives in the headers editor and is gone with the page.
function TokenField({ onCredential }) {
  const [text, write] = useHeaders();
  const change = event => {
    const headers = withToken(text, event.target.value.trim());
    onCredential(headers);
    write(headers);
  };
  return (
    <label className="who field">
      <span>Token</span>
      <input
        type="password"
        autoComplete="off"
        spellCheck="false"
        placeholder="Session, API key or OAuth token"
        value={tokenIn(text)}
        onChange={change}
      />
    </label>
  );
}
