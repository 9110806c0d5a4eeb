package twip.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    private List<String> reopened() throws IOException {
        try (var journal = Journal.open(folder)) {
            return journal.all().stream().map(News.Item::text).toList();
        }
    }

    @Test
    void newsOutliveTheirProcess() throws IOException {
        // It is never closed, as after a kill.
        var killed = Journal.open(folder);
        assertEquals(1, killed.add("first").number());
        assertEquals(2, killed.add("zweite, größere: 第二").number());
        assertEquals(List.of("first", "zweite, größere: 第二"), reopened());
        assertEquals(List.of("first", "zweite, größere: 第二"), reopened());
    }

    @Test
    void numbersAndTimesAreReplayedNotMadeAnew() throws IOException {
        News.Item before;
        try (var journal = Journal.open(folder)) {
            before = journal.add("when");
        }
        try (var journal = Journal.open(folder)) {
            assertEquals(List.of(before), journal.all());
            assertEquals(2, journal.add("then").number());
        }
    }

    @Test
    void newsOfManyThreadsAreAllThere() throws IOException {
        try (var journal = Journal.open(folder)) {
            var texts = IntStream.range(0, 200).mapToObj(number -> "news " + number).toList();
            texts.parallelStream().forEach(text -> {
                try {
                    journal.add(text);
                } catch (IOException failure) {
                    throw new AssertionError(failure);
                }
            });
            assertEquals(200, journal.size());
        }
        assertEquals(200, reopened().stream().distinct().count());
    }

    /** Why twipc refuses a second writer. */
    @Test
    void twoOnOneFolderLoseWhatWasAcknowledged() throws IOException {
        var one = Journal.open(folder);
        var other = Journal.open(folder);
        one.add("of one");
        other.add("of two");
        assertEquals(1, reopened().size());
    }

    @Test
    void aJournalThatIsDamagedIsNotOpened() throws IOException {
        try (var journal = Journal.open(folder)) {
            journal.add("first");
        }
        try (var files = Files.list(folder)) {
            var file = files.filter(one -> one.toString().endsWith(".journal")).findFirst().orElseThrow();
            var bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Files.write(file, bytes);
        }
        var failure = assertThrows(IOException.class, () -> Journal.open(folder));
        assertTrue(failure.getMessage().contains(folder + " does not open: "), failure::getMessage);
    }

    @Test
    void aJournalThatFailedTakesNothingMore() throws IOException {
        var journal = Journal.open(folder);
        journal.add("kept");
        assertFalse(journal.broken());
        journal.close();
        assertThrows(IOException.class, () -> journal.add("lost"));
        assertTrue(journal.broken());
        var again = assertThrows(IOException.class, () -> journal.add("refused"));
        assertTrue(again.getMessage().endsWith("failed before"));
        assertEquals(List.of("kept"), reopened());
    }
}
