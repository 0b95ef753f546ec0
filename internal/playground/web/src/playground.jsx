import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { Bar } from './bar.jsx';
import { recall, withToken } from './credential.js';
import { examplesPlugin } from './examples.jsx';
import { newFetcher } from './fetcher.js';

const blank = '# Write an operation, or load one from the examples.\n';

// firstTab is what a new visitor finds: the first example, ready to run.
function firstTab([example], headers) {
  return [{ query: example?.query ?? blank, variables: example?.variables ?? '', headers }];
}

export function Playground({ config, examples, schema }) {
  const { identities } = config;
  const [headers, setHeaders] = useState(() => withToken('', recall(identities)?.token ?? ''));
  const fetcher = useMemo(() => newFetcher(config), [config]);
  const plugin = useMemo(() => examplesPlugin(examples, identities), [examples, identities]);
  const plugins = useMemo(() => [plugin], [plugin]);
  const tabs = useMemo(() => firstTab(examples, headers), []);

  return (
    <GraphiQL
      fetcher={fetcher}
      schema={schema}
      plugins={plugins}
      visiblePlugin={plugin}
      defaultTabs={tabs}
      defaultQuery={blank}
      defaultHeaders={headers}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo><></></GraphiQL.Logo>
      <Bar config={config} onCredential={setHeaders} />
    </GraphiQL>
  );
}
