import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify';
import plugin from 'fastify-plugin';

/** Who may use a route. A guest is a visitor who is not signed in. */
export type Access = 'everyone' | 'own network' | 'guests' | 'users';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route of the app with the guards in front of it, in the order of registration. */
    routeList: ListedRoute[];
  }
  interface FastifyContextConfig {
    /** Who may use this route. The guard of its scope sets it; without it the app does not start. */
    access?: Access;
    /** The route also asks for a password that was given a short time ago. */
    reAuthentication?: boolean;
    /** The route serves a file of the build or of public/. */
    staticFile?: boolean;
  }
}

export interface ListedRoute {
  method: string;
  path: string;
  config: FastifyContextConfig;
}

/** Collects all routes, and refuses the start when one of them does not say who may use it. */
export default plugin(
  async (app) => {
    const routes: (Pick<RouteOptions, 'method' | 'url'> & { config?: FastifyContextConfig })[] = [];
    app.addHook('onRoute', (route) => void routes.push(route));

    app.decorate('routeList', {
      getter: () =>
        routes.map(({ method, url, config = {} }) => ({
          method: String(method),
          path: url,
          config,
        })),
    });

    app.addHook('onReady', async () => {
      const open = app.routeList.find(({ config }) => config.access === undefined);
      if (open) throw new Error(`${open.method} ${open.path} does not say who may use it.`);
    });
  },
  { name: 'route-list' },
);

/** Says who may use the routes that are added to this scope from now on. It adds no guard. */
export function setAccess(scope: FastifyInstance, config: Partial<FastifyContextConfig>): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...config };
  });
}
