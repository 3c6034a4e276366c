/** The root of the window's page. */
import '@fontsource-variable/inter';
import '@mantine/core/styles.layer.css';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/notifications/styles.layer.css';
import './ui/tokens.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
