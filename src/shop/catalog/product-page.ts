import type { FastifyPluginAsync } from 'fastify';
import { Problem } from '../../lib/problem.ts';
import type { Product } from '../../database/schema.ts';
import { categories } from './categories.ts';
import { factsOf } from './facts.ts';
import pictureTexts from './pictures.json' with { type: 'json' };

declare module '../../rendering/views.ts' {
  interface Views {
    /** `category` is the name of the product's category. */
    'shop/product': {
      product: Product;
      category: string;
      /** Says what the picture shows. */
      picture: string;
      facts: ReturnType<typeof factsOf>;
    };
  }
}

/** Slug -> what the picture shows. A picture of the owner's own has the name of its product. */
const pictures = new Map(Object.entries(pictureTexts));

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
        picture: pictures.get(product.slug) ?? product.name,
        facts: factsOf(product.details),
      });
    },
  );
};
