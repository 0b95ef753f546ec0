import { useEditorContext } from '@graphiql/react';
import { Kind, parse } from 'graphql';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { ofKind, tokenIn, withToken } from './credential.js';

// examplesPlugin is GraphiQL's side panel with the library of examples.
export function examplesPlugin(examples, identities) {
  return {
    title: 'Examples',
    icon: Icon,
    content: () => <Library examples={examples} identities={identities} />,
  };
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M5 4h4v16H5zM9 4h4v16H9zM13.5 5.2l3.8-1 3.9 15.4-3.9 1z" />
    </svg>
  );
}

function Library({ examples, identities }) {
  const [wanted, setWanted] = useState('');
  const [loaded, setLoaded] = useState('');
  const load = useLoad(identities);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = examples.filter(e => {
    const text = `${e.subject} ${e.title} ${e.description}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
  const subjects = Object.entries(Object.groupBy(found, e => e.subject));

  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <input
        type="search"
        aria-label="Find an example"
        placeholder="Find an example"
        value={wanted}
        onChange={event => setWanted(event.target.value)}
      />
      {subjects.map(([subject, group]) => (
        <section key={subject}>
          <h3>{subject}</h3>
          <ul>
            {group.map(example => (
              <li key={example.slug}>
                <button
                  data-example={example.slug}
                  aria-current={example.slug === loaded}
                  onClick={() => { load(example); setLoaded(example.slug); }}
                >
                  <b>{example.title}</b>
                  {example.identity && <span className="as" data-kind={example.identity}>{example.identity}</span>}
                  {example.description && <p>{example.description}</p>}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {!found.length && <p>{examples.length ? 'No example has these words.' : 'There are no examples here.'}</p>}
    </section>
  );
}

// useLoad answers a function that opens an example, as the identity it is
// written for: in a tab of its own, or in the one that is open.
export function useLoad(identities) {
  const { addTab, queryEditor, variableEditor, headerEditor, updateActiveTabValues } = useEditorContext({ nonNull: true });
  if (!queryEditor || !variableEditor || !headerEditor) return undefined;

  return ({ query, variables, identity }, { newTab = true } = {}) => {
    const before = headerEditor.getValue();
    const asking = identities.find(i => i.token === tokenIn(before));
    const who = ofKind(identities, identity, asking?.tenant);
    const headers = who ? withToken(before, who.token) : before;

    if (newTab) flushSync(addTab);
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    headerEditor.setValue(headers);
    const operationName = settle(queryEditor, query);
    updateActiveTabValues({ query, variables, headers, operationName, response: null });
    if (variables) document.querySelector('.graphiql-editor-tools [data-name="variables"]')?.click();
  };
}

// settle tells the editor at once which operation it holds, and answers its
// name. By itself it would look a moment after the last change, and until then
// run the new text as the operation before it.
function settle(editor, query) {
  editor.documentAST = parse(query);
  editor.operations = editor.documentAST.definitions.filter(d => d.kind === Kind.OPERATION_DEFINITION);
  editor.operationName = editor.operations[0]?.name?.value ?? null;
  return editor.operationName;
}
