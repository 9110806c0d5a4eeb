package twip.web;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;

/** The HTTP server. It names the instance in every answer, and ends what it has begun before it stops. */
final class Web {
    /** Below the 15 s that a container is given to stop. */
    private static final int LONGEST_STOP_MS = 10_000;

    /** A proxy's idle connections end then; until then they would only make the next instance wait. */
    private static final int IDLE_STOP_MS = 100;

    private final Server server = new Server();
    private final ServerConnector connector;

    private Web(Journal journal, String instance, int port) {
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setPort(port);
        connector.setShutdownIdleTimeout(IDLE_STOP_MS);
        server.addConnector(connector);
        server.setStopTimeout(LONGEST_STOP_MS);
        server.setHandler(new Named(instance, new GracefulHandler(servlets(journal))));
    }

    /** Starts it; at port 0 any that is free. */
    static Web start(Journal journal, String instance, int port) throws Exception {
        var web = new Web(journal, instance, port);
        web.server.start();
        return web;
    }

    private static Handler servlets(Journal journal) {
        var context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new PageServlet(journal)), "");
        context.addServlet(new ServletHolder(new NewsServlet(journal)), "/news");
        var health = new ServletHolder(new HealthServlet(journal));
        context.addServlet(health, "/health/live");
        context.addServlet(health, "/health/ready");
        return context;
    }

    int port() {
        return connector.getLocalPort();
    }

    void stop() throws Exception {
        server.stop();
    }

    private static final class Named extends Handler.Wrapper {
        private final HttpField servedBy;

        Named(String instance, Handler handler) {
            super(handler);
            servedBy = new HttpField("Served-By", instance);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            response.getHeaders().put(servedBy);
            return super.handle(request, response, callback);
        }
    }
}
