package io.framegate.bench.guest;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;

/** A row of {@code bench_note}. */
@Entity
@Table(name = "bench_note")
public class Note {

    @Id
    @SequenceGenerator(name = "note", sequenceName = "bench_note_id", allocationSize = 1000)
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "note")
    private long id;

    private int author;
    private String text = "";

    /** For Jakarta Persistence. */
    protected Note() {}

    Note(int author, String text) {
        this.author = author;
        this.text = text;
    }

    long id() {
        return id;
    }
}
