package twip.web;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.prevayler.Prevayler;
import org.prevayler.PrevaylerFactory;
import org.prevayler.Query;

/**
 * The news on disk. What `add` returns has been synced and outlives the process and the machine.
 *
 * <p>Prevayler takes no lock: a folder has one journal open at a time, or acknowledged news are lost.
 */
final class Journal implements AutoCloseable {
    private final Path folder;
    private final Prevayler<News> prevayler;
    private boolean listed;
    private volatile boolean broken;

    private Journal(Path folder, Prevayler<News> prevayler) {
        this.folder = folder;
        this.prevayler = prevayler;
    }

    /** Replays what is in the folder, which is made if it is not there. */
    static Journal open(Path folder) throws IOException {
        Files.createDirectories(folder);
        var factory = new PrevaylerFactory<News>();
        factory.configurePrevalentSystem(new News());
        factory.configurePrevalenceDirectory(folder.toString());
        factory.configureJournalDiskSync(true);
        try {
            return new Journal(folder, factory.create());
        } catch (Exception failure) {
            throw new IOException("the journal in " + folder + " does not open: " + failure.getMessage(), failure);
        }
    }

    /** After a failure nothing more is taken: what is in memory may not be what is on disk. */
    News.Item add(String text) throws IOException {
        if (broken) {
            throw new IOException("the journal in " + folder + " failed before");
        }
        try {
            var item = prevayler.execute(new News.Add(text));
            listFile();
            return item;
        } catch (RuntimeException | Error | IOException failure) {
            broken = true;
            throw new IOException("the journal in " + folder + " does not take news: " + failure.getMessage(), failure);
        }
    }

    List<News.Item> all() throws IOException {
        return ask((news, now) -> news.all());
    }

    int size() throws IOException {
        return ask((news, now) -> news.size());
    }

    private <R> R ask(Query<News, R> query) throws IOException {
        try {
            return prevayler.execute(query);
        } catch (Exception failure) {
            throw new IOException("the news cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Whether only a new process can take news again. */
    boolean broken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        prevayler.close();
    }

    /** Prevayler makes a process's file at its first transaction and syncs what is in it, not that it is in the folder. */
    private synchronized void listFile() throws IOException {
        if (!listed) {
            try (var opened = FileChannel.open(folder, StandardOpenOption.READ)) {
                opened.force(true);
            }
            listed = true;
        }
    }
}
