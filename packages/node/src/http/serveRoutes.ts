import { type Route, type RouteName, routes, type routeTable } from '@plimsoll/api/routes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Question } from '../parts.ts';
import type { HttpOptions } from './httpOptions.ts';
import { sourceOf } from './limitClients.ts';
import { submitCommands, submitPrices, typedDataOf } from './requests/index.ts';

/** The routes that the node itself answers: a row without an entry here does not compile. */
type NodeRoute = {
  [R in RouteName]: (typeof routeTable)[R]['servedBy'] extends 'node' ? R : never;
}[RouteName];

type NodeAnswers = {
  readonly [R in NodeRoute]: AnswerWrite;
};

/** `source`: the address it came from. */
type AnswerWrite = (body: unknown, source: string) => object | Promise<object>;

const NO_QUERY = Type.Object({}, { additionalProperties: false });

/** Registers every row of the table of routes. Spec: api 1. */
export function serveRoutes(app: FastifyInstance, options: HttpOptions): void {
  const answers = nodeAnswers(options);
  for (const route of Object.values(routes)) {
    if (route.servedBy === 'replica') serveRead(app, options, route);
    else serveWrite(app, route, answers[route.name as NodeRoute]);
  }
}

function nodeAnswers({ ingress, status }: HttpOptions): NodeAnswers {
  return {
    submitCommand: (body, source) => submitCommands(ingress, body, source),
    submitPrices: (body, source) => submitPrices(ingress, body, source),
    typedData: (body) => typedDataOf(status().network, body),
  };
}

function serveRead(app: FastifyInstance, { replica }: HttpOptions, route: Route): void {
  app.route({
    method: route.method,
    url: route.path,
    schema: {
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { querystring: route.query }),
      ...(route.body === undefined ? {} : { body: route.body }),
    },
    handler: async (request, reply) => {
      const answer = await replica.ask(questionOf(route.name, request));
      reply.header('content-type', 'application/json; charset=utf-8');
      reply.header('x-plimsoll-height', answer.height);
      return answer.text;
    },
  });
}

function questionOf(route: RouteName, request: FastifyRequest): Question {
  const { minHeight, ...query } = request.query as { readonly minHeight?: number };
  const params = Object.entries(request.params as object);
  return {
    route,
    params: Object.fromEntries(params.map(([name, value]) => [name, String(value)])),
    query,
    body: request.body,
    ...(minHeight === undefined ? {} : { minHeight }),
  };
}

/** The body is read by the machine's own decoders, which say more and take less. */
function serveWrite(app: FastifyInstance, route: Route, answer: AnswerWrite): void {
  app.route({
    method: route.method,
    url: route.path,
    schema: { querystring: NO_QUERY },
    handler: async (request) => await answer(request.body, sourceOf(request)),
  });
}
