import { useEditorContext } from '@graphiql/react';
import { useSyncExternalStore } from 'react';

// useHeaders answers the text of the headers editor, as it changes, and a
// function that replaces it.
export function useHeaders() {
  const { headerEditor } = useEditorContext({ nonNull: true });
  const text = useSyncExternalStore(
    listener => {
      headerEditor?.on('change', listener);
      return () => headerEditor?.off('change', listener);
    },
    () => headerEditor?.getValue() ?? '',
  );
  return [text, value => headerEditor?.setValue(value)];
}
