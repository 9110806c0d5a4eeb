package twip.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;

/** `/`: the newest news, newest first, and a form; its styles and images are the static side's. */
final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 50;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'").withZone(ZoneOffset.UTC);
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Company news</title>
                <link rel="icon" type="image/png" href="/images/icon.png">
                <link rel="stylesheet" href="/styles/news.css">
              </head>
              <body>
                <header><img src="/images/logo.svg" alt="" width="48" height="48"><h1>Company news</h1></header>
                <main>
                  <form method="post" action="/news">
                    <label for="text">What is new?</label>
                    <input id="text" name="text" maxlength="%d" required>
                    <button>Publish</button>
                  </form>
                  <ol reversed start="%d">
            %s      </ol>
                </main>
              </body>
            </html>
            """;
    private static final String ITEM = """
                    <li><p>%s</p><time datetime="%s">%s</time></li>
            """;

    private final transient Journal journal;

    PageServlet(Journal journal) {
        this.journal = journal;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var page = page(journal.all());
        response.setContentType("text/html;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'");
        response.getWriter().write(page);
    }

    static String page(List<News.Item> news) {
        var newest = news.subList(Math.max(0, news.size() - SHOWN), news.size()).reversed();
        var items = newest.stream()
                .map(item -> ITEM.formatted(escaped(item.text()), item.published(), DAY.format(item.published())))
                .collect(Collectors.joining());
        return PAGE.formatted(NewsServlet.LONGEST, news.size(), items);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
