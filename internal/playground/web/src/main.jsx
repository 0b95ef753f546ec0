import { buildSchema } from 'graphql';
import { createRoot } from 'react-dom/client';
import { Playground } from './playground.jsx';
import 'graphiql/style.css';
import './style.css';

const root = document.getElementById('root');

// json reads one of the playground's own files.
async function json(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

// schema reads the published SDL, so that completion and documentation cost
// nothing and work before anybody has signed in. Without it GraphiQL asks the
// endpoint itself, which is what undefined means to it.
async function schema(url) {
  try {
    const response = await fetch(url);
    return response.ok ? buildSchema(await response.text(), { assumeValid: true }) : undefined;
  } catch (err) {
    console.warn(`The schema at ${url} could not be read.`, err);
    return undefined;
  }
}

try {
  const [config, examples] = await Promise.all([
    json('/playground/config.json'),
    json('/playground/examples.json'),
  ]);
  createRoot(root).render(
    <Playground config={config} examples={examples} schema={await schema(config.schema)} />,
  );
} catch (err) {
  root.textContent = `The playground could not start: ${err.message}.`;
}
