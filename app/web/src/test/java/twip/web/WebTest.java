package twip.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebTest {
    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Journal journal;
    private Web web;

    @BeforeEach
    void start() throws Exception {
        journal = Journal.open(folder);
        web = Web.start(journal, "one of many", 0);
    }

    @AfterEach
    void stop() throws Exception {
        web.stop();
        journal.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.port() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return sent(to(path));
    }

    private HttpRequest.Builder added(String text) {
        var form = HttpRequest.BodyPublishers.ofString("text=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
        return to("/news").header("Content-Type", "application/x-www-form-urlencoded").POST(form);
    }

    private HttpResponse<String> sent(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void newsAreListedAsTheyCame() throws Exception {
        assertEquals("", get("/news").body());
        var first = sent(added("first"));
        assertEquals(201, first.statusCode());
        assertEquals("/news", header(first, "Location"));
        assertEquals("1\n", first.body());
        assertEquals("2\n", sent(added("  größer & 第二 ")).body());
        assertEquals("first\ngrößer & 第二\n", get("/news").body());
    }

    @Test
    void aBrowserIsSentBackToThePage() throws Exception {
        var response = sent(added("first").header("Accept", "text/html,*/*;q=0.8"));
        assertEquals(303, response.statusCode());
        assertEquals("/", header(response, "Location"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "two\nlines", "a bell \u0007"})
    void whatIsNoLineOfTextIsRefused(String text) throws Exception {
        assertEquals(400, sent(added(text)).statusCode());
        assertEquals(0, journal.size());
    }

    @Test
    void whatIsTooLongIsRefused() throws Exception {
        assertEquals(201, sent(added("📰".repeat(500))).statusCode());
        assertEquals(400, sent(added("📰".repeat(501))).statusCode());
        assertEquals(1, journal.size());
    }

    @Test
    void thePageShowsNewsAsTextAndNewestFirst() throws Exception {
        journal.add("older");
        journal.add("<script>alert('\"&')</script>");
        var page = get("/");
        assertEquals("text/html;charset=utf-8", header(page, "Content-Type"));
        assertFalse(page.body().contains("<script>"));
        assertTrue(page.body().contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"));
        assertTrue(page.body().indexOf("script&gt;") < page.body().indexOf("older"));
        assertTrue(page.body().contains("/styles/news.css"));
        assertTrue(page.body().contains("/images/logo.svg"));
    }

    @Test
    void readinessReadsTheNewsAndLivenessDoesNot() throws Exception {
        journal.add("first");
        assertEquals("ready, news: 1\n", get("/health/ready").body());
        assertEquals("alive\n", get("/health/live").body());
    }

    @Test
    void aBrokenJournalIsNeitherReadyNorAlive() throws Exception {
        journal.add("kept");
        journal.close();
        assertEquals(500, sent(added("lost")).statusCode());
        assertEquals(503, get("/health/ready").statusCode());
        assertEquals(503, get("/health/live").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/news", "/health/live", "/nothing-is-here"})
    void everyAnswerNamesTheInstance(String path) throws Exception {
        var response = get(path);
        assertEquals("one of many", header(response, "Served-By"));
        assertEquals("", header(response, "Server"));
    }

    @Test
    void thereIsNothingElse() throws Exception {
        assertEquals(404, get("/nothing-is-here").statusCode());
        assertEquals(404, get("/health").statusCode());
        assertEquals(404, get("/news/1").statusCode());
        assertEquals(405, sent(to("/news").DELETE()).statusCode());
    }
}
