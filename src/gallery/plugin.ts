import plugin from 'fastify-plugin';
import { Problem } from '../domain/problem.ts';
import { entries, groups } from './entries.ts';
import { products } from './goods.ts';

/**
 * Every page in every state, with made-up data. In development only. Outside the scope that has sessions:
 * an entry looks the same whoever is signed in.
 */
export default plugin(
  async (app) => {
    app.get('/gallery', async (_request, reply) =>
      reply.page('gallery/index', { title: 'Gallery', groups }),
    );

    app.get<{ Params: { entry: string } }>('/gallery/:entry', async (request, reply) => {
      const entry = entries.get(request.params.entry);
      if (!entry) throw new Problem('not-found');
      return reply.page(entry.view, entry.data);
    });

    // Products that are made up have no drawing of their own.
    app.get<{ Params: { number: string } }>(
      '/art/made-up-:number(^\\d+).svg',
      async (request, reply) => {
        const { slug } = products[Number(request.params.number) % products.length]!;
        return reply.redirect(`/art/${slug}.svg`);
      },
    );
  },
  { name: 'gallery', dependencies: ['errors', 'views'] },
);
