package io.mesosiam.admin.host;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import org.hibernate.annotations.Formula;
import org.jspecify.annotations.Nullable;

/** A row of table {@code host}, with the newest certificate of the host. It is only read. */
@Entity
@Table(name = "host")
class HostEntity {
    @Id
    @Nullable
    String hostname;

    @Column(name = "made_at")
    @Nullable
    OffsetDateTime madeAt;

    @Column(name = "evicted_at")
    @Nullable
    OffsetDateTime evictedAt;

    @Column(name = "evicted_by")
    @Nullable
    String evictedBy;

    @Column(name = "eviction_reason")
    @Nullable
    String evictionReason;

    @Formula(
            "(select c.serial from host_certificate c where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String serial;

    @Formula(
            "(select c.proof from host_certificate c where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String proof;

    @Formula(
            "(select c.issued_at from host_certificate c where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    OffsetDateTime issuedAt;

    @Formula(
            "(select c.expires_at from host_certificate c where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    OffsetDateTime expiresAt;

    @Formula(
            "(select i.instance_id from host_certificate c join ec2_instance i on i.id = c.instance where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String instanceId;

    @Formula(
            "(select i.account from host_certificate c join ec2_instance i on i.id = c.instance where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String account;

    @Formula(
            "(select i.region from host_certificate c join ec2_instance i on i.id = c.instance where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String region;

    @Formula(
            "(select i.state from host_certificate c join ec2_instance i on i.id = c.instance where c.hostname = hostname order by c.issued_at desc, c.serial limit 1)")
    @Nullable
    String state;
}
