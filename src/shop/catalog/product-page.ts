import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../../lib/problem.ts';
import type { Product } from '../../database/schema.ts';
import { categories } from './categories.ts';

declare module '../../rendering/views.ts' {
  interface Views {
    /** `category` is the name of the product's category. */
    'shop/product': { product: Product; category: string };
  }
}

export const productPage: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { slug: string } }>(
    '/shop/:slug',
    { config: { withoutStore: true } },
    async (request, reply) => {
      const product = app.products.find(request.params.slug);
      if (!product) throw new Problem('not-found');
      return reply.page('shop/product', {
        title: product.name,
        description: product.summary,
        product,
        category: categories[product.category] ?? product.category,
      });
    },
  );
};
