package twip.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** `/health/live`: whether a restart would not help. `/health/ready`: whether requests can be answered, which reads the news. */
final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Journal journal;

    HealthServlet(Journal journal) {
        this.journal = journal;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (journal.broken()) {
            NewsServlet.say(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "the journal is broken\n");
        } else if (request.getServletPath().equals("/health/ready")) {
            NewsServlet.say(response, HttpServletResponse.SC_OK, "ready, news: " + journal.size() + "\n");
        } else {
            NewsServlet.say(response, HttpServletResponse.SC_OK, "alive\n");
        }
    }
}
