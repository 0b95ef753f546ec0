// Where GraphiQL keeps tabs, history and sizes between visits. Its history
// keeps headers even when it is told not to, so they are taken out here: no
// token outlives the page.

const ours = /^(graphiql|barre):/;
const withHeaders = ['graphiql:tabState', 'graphiql:queries', 'graphiql:favorites'];

const keys = () => Object.keys(localStorage).filter(key => ours.test(key));

function withoutHeaders(text) {
  return JSON.stringify(JSON.parse(text, (key, value) => (key === 'headers' ? null : value)));
}

export const storage = {
  getItem: key => localStorage.getItem(key),
  setItem(key, value) {
    if (key === 'graphiql:headers') return;
    localStorage.setItem(key, withHeaders.includes(key) ? withoutHeaders(value) : value);
  },
  removeItem: key => localStorage.removeItem(key),
  clear: () => keys().forEach(key => localStorage.removeItem(key)),
  get length() { return keys().length; },
};
