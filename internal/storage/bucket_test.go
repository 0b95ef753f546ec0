package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/barrehq/barre/internal/storage"
	"github.com/barrehq/barre/internal/testkit/bucket"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, address string, c storage.Config) *storage.Bucket {
	t.Helper()
	b, err := storage.Open(t.Context(), address, c)
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	return b
}

func read(t *testing.T, b *storage.Bucket, key, version string) string {
	t.Helper()
	from, err := b.GetVersion(t.Context(), key, version)
	must(t, err)
	defer from.Close()
	data, err := io.ReadAll(from)
	must(t, err)
	return string(data)
}

func keysOf(t *testing.T, b *storage.Bucket, prefix string) []string {
	t.Helper()
	var keys []string
	for o, err := range b.List(t.Context(), prefix) {
		must(t, err)
		keys = append(keys, o.Key)
	}
	return keys
}

// conform holds every kind of bucket to the same words.
func conform(t *testing.T, b *storage.Bucket) {
	ctx := t.Context()
	if _, err := b.Get(ctx, "a/none"); !errors.Is(err, storage.ErrMissing) {
		t.Errorf("a file that is not there: %v", err)
	}
	must(t, b.Delete(ctx, "a/none"))
	must(t, b.Put(ctx, "a/one", strings.NewReader("first")))
	must(t, b.Put(ctx, "a/one", strings.NewReader("second")))
	must(t, b.Put(ctx, "b/two.txt", strings.NewReader("")))
	if got := read(t, b, "a/one", ""); got != "second" {
		t.Errorf("read %q", got)
	}
	if o, err := b.Stat(ctx, "a/one"); err != nil || o.Size != 6 || !o.Locked.IsZero() {
		t.Errorf("Stat = %+v, %v", o, err)
	}

	// What is not finished is not there.
	unfinished := errors.New("unfinished")
	if err := b.Write(ctx, "a/half", func(to io.Writer) error {
		_, err := to.Write([]byte("half"))
		return errors.Join(err, unfinished)
	}); !errors.Is(err, unfinished) {
		t.Errorf("a writer that gives up: %v", err)
	}
	if err := b.Put(ctx, "a/broken", iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a source that breaks off: %v", err)
	}
	if got := keysOf(t, b, ""); !slices.Equal(got, []string{"a/one", "b/two.txt"}) {
		t.Errorf("List = %q", got)
	}
	if got := keysOf(t, b, "b/"); !slices.Equal(got, []string{"b/two.txt"}) {
		t.Errorf("List of b/ = %q", got)
	}

	// A large file in parts, and a part of it.
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	must(t, b.Write(ctx, "large", func(to io.Writer) error {
		for part := range slices.Chunk(large, 100_000) {
			if _, err := to.Write(part); err != nil {
				return err
			}
		}
		return nil
	}))
	from, err := b.Get(ctx, "large")
	must(t, err)
	defer from.Close()
	if size, err := from.Seek(0, io.SeekEnd); err != nil || size != int64(len(large)) {
		t.Errorf("its end is at %d, %v", size, err)
	}
	_, err = from.Seek(700_001, io.SeekStart)
	must(t, err)
	rest, err := io.ReadAll(from)
	if err != nil || !bytes.Equal(rest, large[700_001:]) {
		t.Errorf("the rest is %d bytes, %v", len(rest), err)
	}

	must(t, b.Delete(ctx, "a/one"))
	if _, err := b.Stat(ctx, "a/one"); !errors.Is(err, storage.ErrMissing) {
		t.Errorf("after its removal: %v", err)
	}
	for _, key := range []string{"", "/", "a//b", "a/", "/a", "..", "a/../b", ".hidden", "a/.b", "a b", "a\\b", "a\x00", "ä", "a.tmp"} {
		if err := b.Put(ctx, key, strings.NewReader("")); !errors.Is(err, storage.ErrKey) {
			t.Errorf("the key %q: %v", key, err)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	address, err := storage.URL(dir)
	must(t, err)
	b := open(t, address, storage.Config{})
	conform(t, b)
	if info, err := os.Stat(filepath.Join(dir, "large")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read a file: %v, %v", info.Mode(), err)
	}
}

func TestS3(t *testing.T) {
	address, _, _ := bucket.S3(t)
	conform(t, open(t, address, storage.Config{}))
}

func TestGCS(t *testing.T) { conform(t, open(t, bucket.GCS(t), storage.Config{})) }

func TestOpenRefuses(t *testing.T) {
	for _, address := range []string{
		"", "nowhere", "http://127.0.0.1/", "file://relative/path", "file:relative", "file:///x?create_dir=1", "s3://", "gs:///", "mem://", "s3://b?nonsense=1", "://secret",
	} {
		_, err := storage.Open(t.Context(), address, storage.Config{})
		if err == nil || strings.Contains(err.Error(), "://secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestFolderLock: what is locked stays as it is until its time.
func TestFolderLock(t *testing.T) {
	var now atomic.Pointer[time.Time]
	at := time.Now()
	now.Store(&at)
	address, err := storage.URL(t.TempDir())
	must(t, err)
	b := open(t, address, storage.Config{Now: func() time.Time { return *now.Load() }})
	ctx, until := t.Context(), at.Add(time.Hour)

	o, err := b.PutLocked(ctx, "backup/1", strings.NewReader("kept"), until)
	if err != nil || o.Size != 4 || o.Locked.Sub(until).Abs() > time.Second {
		t.Fatalf("PutLocked = %+v, %v", o, err)
	}
	if _, err := b.PutLocked(ctx, "backup/1", strings.NewReader("other"), until.Add(time.Hour)); !errors.Is(err, storage.ErrExists) {
		t.Errorf("locked twice: %v", err)
	}
	if err := b.Put(ctx, "backup/1", strings.NewReader("other")); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("overwritten: %v", err)
	}
	if err := b.Delete(ctx, "backup/1"); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("removed: %v", err)
	}
	if got := read(t, b, "backup/1", ""); got != "kept" {
		t.Errorf("read %q", got)
	}
	if got := keysOf(t, b, ""); !slices.Equal(got, []string{"backup/1"}) {
		t.Errorf("the mark of the lock shows: %q", got)
	}
	if _, err := b.PutLocked(ctx, "late", strings.NewReader(""), at); err == nil {
		t.Error("a lock that is over already was taken")
	}
	// A file that could not be written leaves no lock behind.
	if _, err := b.PutLocked(ctx, "broken", iotest.ErrReader(io.ErrUnexpectedEOF), until); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a source that breaks off: %v", err)
	}
	must(t, b.Put(ctx, "broken", strings.NewReader("whole")))

	later := until.Add(time.Second)
	now.Store(&later)
	must(t, b.Delete(ctx, "backup/1"))
	must(t, b.Put(ctx, "backup/1", strings.NewReader("new")))
}

// TestAttackLockedBackup: not even the operator's own credentials change or
// remove a locked file in S3, and what hides it does not lose it.
func TestAttackLockedBackup(t *testing.T) {
	address, operator, name := bucket.S3(t)
	b, ctx := open(t, address, storage.Config{}), t.Context()
	until := time.Now().Add(7 * 24 * time.Hour)
	o, err := b.PutLocked(ctx, "backup/1", strings.NewReader("kept"), until)
	if err != nil || o.Version == "" || o.Locked.Sub(until).Abs() > time.Second {
		t.Fatalf("PutLocked = %+v, %v", o, err)
	}
	if _, err := b.PutLocked(ctx, "backup/1", strings.NewReader("other"), until); !errors.Is(err, storage.ErrExists) {
		t.Errorf("locked twice: %v", err)
	}
	if err := b.Delete(ctx, "backup/1"); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("removed: %v", err)
	}

	// A bucket that cannot lock says so instead of pretending.
	if _, err := operator.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("plain")}); err != nil {
		t.Fatal(err)
	}
	plain := open(t, strings.Replace(address, name, "plain", 1), storage.Config{})
	if o, err := plain.PutLocked(ctx, "backup/1", strings.NewReader("kept"), until); err == nil {
		t.Errorf("a lock that nobody holds was promised: %+v", o)
	}

	key := aws.String("backup/1")
	for what, try := range map[string]func(context.Context) error{
		"removing the version": func(ctx context.Context) error {
			_, err := operator.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &name, Key: key, VersionId: &o.Version})
			return err
		},
		"shortening the lock": func(ctx context.Context) error {
			_, err := operator.PutObjectRetention(ctx, &s3.PutObjectRetentionInput{Bucket: &name, Key: key, VersionId: &o.Version,
				Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeCompliance, RetainUntilDate: aws.Time(time.Now().Add(time.Minute))}})
			return err
		},
		"going around it": func(ctx context.Context) error {
			_, err := operator.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &name, Key: key, VersionId: &o.Version, BypassGovernanceRetention: aws.Bool(true)})
			return err
		},
	} {
		if err := try(ctx); err == nil {
			t.Errorf("%s was allowed", what)
		}
	}
	// Without a version, a delete only lays a marker over the file.
	if _, err := operator.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &name, Key: key}); err != nil {
		t.Logf("a delete marker was refused: %v", err)
	}
	if got := read(t, b, "backup/1", o.Version); got != "kept" {
		t.Errorf("by its version it reads %q", got)
	}
}

// TestLockInGoogle: the lock is asked for and told of. That nobody can undo it
// is Google's word; the server of this test does not enforce it.
func TestLockInGoogle(t *testing.T) {
	b, ctx, until := open(t, bucket.GCS(t), storage.Config{}), t.Context(), time.Now().Add(time.Hour)
	o, err := b.PutLocked(ctx, "backup/1", strings.NewReader("kept"), until)
	if err != nil || o.Version == "" || o.Locked.Sub(until).Abs() > time.Second {
		t.Fatalf("PutLocked = %+v, %v", o, err)
	}
	if err := b.Delete(ctx, "backup/1"); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("removed: %v", err)
	}
	if got := read(t, b, "backup/1", o.Version); got != "kept" {
		t.Errorf("by its version it reads %q", got)
	}
}
