package twip.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** `/news`: the list as plain lines, oldest first; a form's `text` is added to it. */
final class NewsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    static final int LONGEST = 500;

    private final transient Journal journal;

    NewsServlet(Journal journal) {
        this.journal = journal;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var lines = new StringBuilder();
        journal.all().forEach(item -> lines.append(item.text()).append('\n'));
        say(response, HttpServletResponse.SC_OK, lines.toString());
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var given = request.getParameter("text");
        var text = given == null ? "" : given.strip();
        var wrong = wrong(text);
        if (wrong != null) {
            say(response, HttpServletResponse.SC_BAD_REQUEST, wrong + "\n");
            return;
        }
        var item = journal.add(text);
        // A browser goes back to the page; reloading that adds nothing a second time.
        var accepts = request.getHeader("Accept");
        var browser = accepts != null && accepts.contains("text/html");
        response.setHeader("Location", browser ? "/" : "/news");
        say(response, browser ? HttpServletResponse.SC_SEE_OTHER : HttpServletResponse.SC_CREATED, item.number() + "\n");
    }

    private static String wrong(String text) {
        if (text.isEmpty()) {
            return "there is no text";
        }
        if (text.codePointCount(0, text.length()) > LONGEST) {
            return "the text is longer than " + LONGEST + " characters";
        }
        return text.codePoints().anyMatch(Character::isISOControl) ? "the text is not one line" : null;
    }

    static void say(HttpServletResponse response, int status, String text) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(text);
    }
}
