import { Eta } from 'eta';
import { escapeHtml } from './escape.ts';

export interface Templates {
  /** @param name the path below the folder, without its ending */
  render(name: string, data: object): string;
}

/**
 * Eta templates as they stand in their files, read again for every page. For development: an error names the template
 * and its line.
 */
export function createPlainTemplates(folder: string): Templates {
  const eta = new Eta({ views: folder, escapeFunction: escapeHtml, cache: false, debug: true });
  return { render: (name, data) => eta.render(`/${name}`, data) };
}
