import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { Bar } from './bar.jsx';
import { recall, withToken } from './credential.js';
import { examplesPlugin } from './examples.jsx';
import { newFetcher } from './fetcher.js';
import { isFirstVisit, rememberPanel, Start } from './start.jsx';
import { storage } from './storage.js';

const blank = '# Write an operation, or load one from the examples.\n';

export function Playground({ config, examples, schema }) {
  const { identities } = config;
  const [firstVisit] = useState(isFirstVisit);
  const [headers, setHeaders] = useState(() => withToken('', recall(identities)?.token ?? ''));
  const fetcher = useMemo(() => newFetcher(config), [config]);
  const plugins = useMemo(() => [examplesPlugin(examples, identities)], [examples, identities]);

  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      schema={schema}
      plugins={plugins}
      onTogglePluginVisibility={rememberPanel}
      defaultQuery={blank}
      defaultHeaders={headers}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo><></></GraphiQL.Logo>
      <Bar config={config} onCredential={setHeaders} />
      <Start example={firstVisit ? examples[0] : undefined} identities={identities} />
    </GraphiQL>
  );
}
