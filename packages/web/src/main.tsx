import '@fontsource-variable/geist/wght.css';
import '@fontsource-variable/geist-mono/wght.css';
import './theme/mantine.css';
import './theme/mantine-tokens.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { preloadPage } from './app/router.tsx';
import { isFramed } from './lib/frame.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
const reactRoot = createRoot(root);
if (isFramed) {
  // Not awaited here: it imports from this very file's chunk, which would wait for itself.
  void import('./frame/FrameApp.tsx').then(({ FrameApp }) =>
    reactRoot.render(
      <StrictMode>
        <FrameApp />
      </StrictMode>,
    ),
  );
} else {
  preloadPage();
  reactRoot.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
