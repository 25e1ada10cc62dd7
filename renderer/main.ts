import { mount } from 'svelte';
import { z } from 'zod';
import App from './app/App.svelte';
import './styles/fonts.css';
import './styles/base.css';
import './styles/choices.css';
import './styles/fields.css';
import './styles/job.css';

// Schemas are interpreted, not compiled: the page's content security policy allows no generated code.
z.config({ jitless: true });

const target = document.querySelector('#app');
if (!target) throw new Error('The page has no #app element.');
mount(App, { target });
