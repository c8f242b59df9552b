import type { FastifyPluginAsync } from 'fastify';

const RULES_URL = '/speculation-rules.json';
/** In seconds. */
const HOUR = 3600;

/**
 * Speculation rules of the browser: when the pointer rests on the link to a product, the browser loads the product page
 * before the click. It loads no other page in advance.
 */
const rules = { prefetch: [{ where: { href_matches: '/shop/*' }, eagerness: 'moderate' }] };

/** A header of the shop page that names the rules. The content security policy does not allow rules within the page. */
export const speculationRules = { 'speculation-rules': `"${RULES_URL}"` };

export const prefetch: FastifyPluginAsync = async (app) => {
  app.get(RULES_URL, { config: { withoutStore: true } }, async (_request, reply) =>
    reply
      .type('application/speculationrules+json')
      .header('cache-control', `public, max-age=${HOUR}`)
      .send(JSON.stringify(rules)),
  );
};
