import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import plugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The page that has the form or the link for this route. A person who opens the address of the form is sent to this
     * page. A form whose page has the same address needs none.
     */
    offeredOn?: string;
  }
}

/**
 * A person sees the address of a form: after a mistake it stands in the address bar, and it may become a bookmark. So
 * every such address can be opened. The app does not start when there is one that cannot.
 */
export default plugin(
  async (app) => {
    app.addHook('onRoute', function (this: FastifyInstance, route: RouteOptions) {
      const page = route.config?.offeredOn;
      // The route is added to the scope of the form, so it has the same guards.
      if (route.method === 'POST' && page)
        this.get(route.url, { config: { offeredOn: page } }, lead);
    });

    app.addHook('onReady', async () => {
      const { routeList } = app;
      const pages = new Set(routeList.filter(isGet).map(({ path }) => path));
      const closed = routeList.find(({ method, path }) => method === 'POST' && !pages.has(path));
      if (closed) throw new Error(`POST ${closed.path} does not say which page offers it.`);
    });
  },
  { name: 'form-addresses', dependencies: ['route-list'] },
);

async function lead({ routeOptions }: FastifyRequest, reply: FastifyReply) {
  return reply.redirect(routeOptions.config.offeredOn!, 303);
}

function isGet({ method }: { method: string }): boolean {
  return method === 'GET';
}
