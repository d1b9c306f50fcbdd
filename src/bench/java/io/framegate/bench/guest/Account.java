package io.framegate.bench.guest;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row of the table that pgbench makes and reads. */
@Entity
@Table(name = "pgbench_accounts")
public class Account {

    @Id
    @Column(name = "aid")
    private int id;

    @Column(name = "abalance")
    private int balance;

    /** For Jakarta Persistence. */
    protected Account() {}

    int id() {
        return id;
    }

    int balance() {
        return balance;
    }
}
