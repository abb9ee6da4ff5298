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

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
preloadPage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
