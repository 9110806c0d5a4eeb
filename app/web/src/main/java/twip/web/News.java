package twip.web;

import java.io.Serial;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.prevayler.SureTransactionWithQuery;

/** All news, oldest first: what the journal is replayed into. */
final class News implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ArrayList<Item> items = new ArrayList<>();

    List<Item> all() {
        return List.copyOf(items);
    }

    int size() {
        return items.size();
    }

    /** One piece of news, numbered from 1. */
    record Item(int number, Instant published, String text) implements Serializable {}

    /** A transaction of the journal: its form is what lies on disk. */
    record Add(String text) implements SureTransactionWithQuery<News, Item> {
        @Override
        public Item executeAndQuery(News news, Date now) {
            var item = new Item(news.size() + 1, now.toInstant(), text);
            news.items.add(item);
            return item;
        }
    }
}
