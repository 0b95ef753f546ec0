import { useEffect, useRef } from 'react';
import { useLoad } from './examples.jsx';

const panel = 'barre:panel';

// isFirstVisit must be asked before GraphiQL stores its first tab.
export const isFirstVisit = () => localStorage.getItem('graphiql:tabState') === null;

// rememberPanel keeps which side panel is open for the next visit.
export function rememberPanel(plugin) {
  localStorage.setItem(panel, plugin?.title ?? '');
}

// Start opens the side panel of the last visit and, on the first one, the
// given example, ready to run. The panel is opened by its own button: GraphiQL
// makes room for it on a click alone.
export function Start({ example, identities }) {
  const load = useLoad(identities);
  const done = useRef(false);

  useEffect(() => {
    if (!load || done.current) return;
    done.current = true;
    const title = localStorage.getItem(panel) ?? 'Examples';
    if (title) document.querySelector(`.graphiql-sidebar [aria-label="Show ${CSS.escape(title)}"]`)?.click();
    if (example) load(example, { newTab: false });
  });
  return null;
}
