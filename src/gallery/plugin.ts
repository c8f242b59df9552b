import plugin from 'fastify-plugin';
import { setAccess } from '../http/route-list.ts';
import { Problem } from '../lib/problem.ts';
import { entries, groups } from './entries.ts';
import type { Entries } from './entry.ts';
import { products } from './shop/goods.ts'; // shop

declare module '../rendering/views.ts' {
  interface Views {
    'gallery/index': { groups: Record<string, Entries> };
  }
}

/**
 * Every page in every state, with made-up data. For development only. It is outside the scope that has sessions, so an
 * entry looks the same for every visitor.
 */
export default plugin(
  async (app) => {
    await app.register(async (gallery) => {
      setAccess(gallery, { access: 'everyone' });

      gallery.get('/gallery', async (_request, reply) =>
        reply.page('gallery/index', { title: 'Gallery', groups }),
      );

      gallery.get<{ Params: { entry: string } }>('/gallery/:entry', async (request, reply) => {
        const entry = entries.get(request.params.entry);
        if (!entry) throw new Problem('not-found');
        return reply.page(entry.view, entry.data);
      });

      // shop {
      // A made-up product has no drawing of its own, so it gets the drawing of a real one.
      gallery.get<{ Params: { number: string } }>(
        '/art/made-up-:number(^\\d+).svg',
        async (request, reply) => {
          const { slug } = products[Number(request.params.number) % products.length]!;
          return reply.redirect(`/art/${slug}.svg`);
        },
      );
      // } shop
    });
  },
  { name: 'gallery', dependencies: ['errors', 'views'] },
);
