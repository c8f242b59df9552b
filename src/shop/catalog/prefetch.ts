import type { FastifyPluginAsync } from 'fastify';

const RULES_URL = '/speculation-rules.json';
const HOUR = 3600;

/** Where a pointer rests on a bag, its page is on the way before the click. Nothing else is fetched ahead. */
const rules = { prefetch: [{ where: { href_matches: '/shop/*' }, eagerness: 'moderate' }] };

/** Names the rules in a header of the shop's page: inline, the content security policy would refuse them. */
export const speculationRules = { 'speculation-rules': `"${RULES_URL}"` };

export const prefetch: FastifyPluginAsync = async (app) => {
  app.get(RULES_URL, { config: { withoutStore: true } }, async (_request, reply) =>
    reply
      .type('application/speculationrules+json')
      .header('cache-control', `public, max-age=${HOUR}`)
      .send(JSON.stringify(rules)),
  );
};
