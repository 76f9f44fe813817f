// Gives the respondents of a folder's .json to ODK's engine, with the .xml of the same name, and compares what is asked
// and offered after each answer with what our engine said.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// Modules are those of the folder where npm put them, which is not beside this file.
const require = createRequire(join(process.cwd(), 'here.js'));
// The engine is made for browsers: it wants a document, and a part of it asks where it is.
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^[A-Z]/.test(name) && !(name in globalThis)) globalThis[name] = window[name];
}
globalThis.window = window;
globalThis.document = window.document;
globalThis.require = require;
globalThis.__dirname = process.cwd();
const { loadForm } = await import(join(process.cwd(), 'node_modules/@getodk/xforms-engine/dist/index.js'));

const name = (node) => node.currentState.reference.split('/').pop();

// The questions of a form by name. What pyxform adds to draw a table asks nothing.
function questions(node, found = new Map()) {
  for (const child of node.currentState.children ?? []) {
    const isQuestion = ['select', 'input'].includes(child.nodeType);
    if (isQuestion && !/^(reserved_name_for|generated_table_list)/.test(name(child))) found.set(name(child), child);
    questions(child, found);
  }
  return found;
}

function set(node, value) {
  if (node.nodeType !== 'select') node.setValue(value);
  else if (node.selectType === 'select') node.selectValues(value === '' ? [] : value.split(' '));
  else node.selectValue(value === '' ? null : value);
}

const folder = process.argv[2];
let compared = 0;
// What differs, and where it was seen first.
const differences = new Map();
for (const file of readdirSync(folder).filter((file) => file.endsWith('.json')).sort()) {
  const form = file.replace('.json', '');
  const loaded = await loadForm(readFileSync(join(folder, `${form}.xml`), 'utf8'), {
    fetchFormAttachment: () => Promise.reject(new Error('there are no attachments')),
  });
  if (loaded.status !== 'success') throw new Error(`${form}: ${loaded.status}: ${loaded.error ?? loaded.warnings}`);
  const respondents = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  for (const [respondent, steps] of respondents.entries()) {
    const nodes = questions(loaded.createInstance().root);
    const expected = new Set();
    for (const [index, step] of steps.entries()) {
      const say = (what) => {
        if (!differences.has(`${form}: ${what}`)) differences.set(`${form}: ${what}`, `respondent ${respondent}, step ${index}`);
      };
      for (const [question, value] of Object.entries(step.set)) set(nodes.get(question), value);
      step.appeared.forEach((question) => expected.add(question));
      step.vanished.forEach((question) => expected.delete(question));
      for (const [question, node] of nodes) {
        compared += 1;
        if (node.currentState.relevant !== expected.has(question)) {
          say(`${question} is ${expected.has(question) ? '' : 'not '}asked by us, after ${Object.keys(step.set)}`);
        }
        if (!node.currentState.relevant) continue;
        const violation = node.validationState.violation;
        if (violation?.condition === 'constraint') say(`${question} has an answer that is refused: ${violation.message?.asString}`);
        const offered = step.offered[question];
        if (offered === undefined) continue;
        const options = node.currentState.valueOptions.map((option) => option.value);
        if (options.join(' ') !== offered.join(' ')) say(`${question} offers ${options}, and we ${offered}`);
      }
      for (const question of expected) if (!nodes.has(question)) say(`${question} does not exist`);
    }
  }
  console.log(`${form}: ${respondents.length} respondents`);
}
console.log(`${compared} comparisons, ${differences.size} differences`);
for (const [difference, place] of [...differences].slice(0, 40)) console.error(`${difference} (${place})`);
process.exit(differences.size === 0 && compared > 0 ? 0 : 1);
