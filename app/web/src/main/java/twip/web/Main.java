package twip.web;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** `PERSIST_DIR=folder [PORT=8080] [INSTANCE=name] java -jar twip-web.jar` */
public final class Main {
    private Main() {}

    /** Ends with status 1 where it cannot serve: an engine sees that, but not a server that answers errors for ever. */
    public static void main(String[] arguments) {
        try {
            run(System.getenv());
        } catch (Exception failure) {
            System.err.println("twip-web: " + failure.getMessage());
            System.exit(1);
        }
    }

    private static void run(Map<String, String> environment) throws Exception {
        var folder = environment.getOrDefault("PERSIST_DIR", "");
        if (folder.isEmpty()) {
            throw new IOException("PERSIST_DIR does not say where the journal is");
        }
        var journal = Journal.open(Path.of(folder));
        // Docker gives each container its name there.
        var instance = environment.getOrDefault("INSTANCE", environment.getOrDefault("HOSTNAME", "web"));
        var web = Web.start(journal, instance, Integer.parseInt(environment.getOrDefault("PORT", "8080")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(web, journal), "stop"));
        System.err.println("twip-web: " + journal.size() + " news in " + folder + ", listening on " + web.port());
    }

    private static void stop(Web web, Journal journal) {
        try {
            web.stop();
            journal.close();
        } catch (Exception failure) {
            System.err.println("twip-web: not stopped as it should be: " + failure.getMessage());
        }
    }
}
