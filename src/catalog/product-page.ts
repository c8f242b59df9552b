import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../domain/problem.ts';
import { categories } from './categories.ts';

export const productPage: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { slug: string } }>(
    '/shop/:slug',
    { config: { withoutState: true } },
    async (request, reply) => {
      const product = app.products.find(request.params.slug);
      if (!product) throw new Problem('not-found');
      return reply.page('catalog/product', {
        title: product.name,
        description: product.summary,
        product,
        category: categories[product.category],
      });
    },
  );
};
