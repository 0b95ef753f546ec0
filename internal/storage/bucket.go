// Package storage keeps files: in a folder of this machine, in S3 or in Google
// Cloud Storage. Which of them is an address that the operator configures;
// whoever keeps files sees a Bucket.
//
// Importing it costs tens of megabytes of the clouds' own libraries, so that
// nothing but the program and its commands should; others say in an interface
// of their own what they need of a Bucket.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	_ "gocloud.dev/blob/gcsblob" // gs://
	_ "gocloud.dev/blob/s3blob"  // s3://
)

// What can be wrong with a key.
var (
	ErrMissing = errors.New("storage: there is no such file")
	ErrExists  = errors.New("storage: there is such a file already")
	ErrLocked  = errors.New("storage: the file is locked and cannot be changed or removed yet")
	ErrKey     = errors.New("storage: a key is made of letters, digits and . _ - between single slashes, and does not end with .tmp or .attrs")
)

// keys look alike in every kind of bucket: nothing in them needs escaping, no
// segment is . or .., and none hides a file.
var keys = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

// valid refuses also the endings that a folder keeps for files of its own.
func valid(key string) bool {
	return keys.MatchString(key) && !strings.HasSuffix(key, ".tmp") && !strings.HasSuffix(key, ".attrs")
}

// Config of a Bucket. The zero value is right for production.
type Config struct {
	Now func() time.Time // decides which locks of a folder are over
}

// Bucket keeps files under keys, which are paths of safe segments. It is safe
// for concurrent use.
type Bucket struct {
	files  *blob.Bucket
	folder string // where the files are this machine's own; else empty
	now    func() time.Time
}

// Object is what is known of a file without reading it.
type Object struct {
	Key     string
	Size    int64
	Changed time.Time
	// Version names this very content where the bucket keeps every version of
	// a file; else it is empty.
	Version string
	// Locked is until when the file can be neither changed nor removed; zero
	// for a file that is not locked. List does not tell it.
	Locked time.Time
}

// Open opens the bucket of an address:
//
//	file:///var/lib/barre/storage
//	s3://name?region=us-east-1
//	gs://name
//
// The clouds take their credentials from the environment, as their own tools
// do. Other stores that speak S3 are reached by endpoint=https://… and, where
// they need it, use_path_style=true. A folder is made where it is not there.
func Open(ctx context.Context, address string, c Config) (*Bucket, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("storage: the address is no URL") // which may hold a secret
	}
	switch u.Scheme {
	case "file":
		return openFolder(u, c)
	case "s3", "gs":
		if u.Host == "" {
			return nil, fmt.Errorf("storage: the address must name a bucket, as in %s://name", u.Scheme)
		}
		files, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("storage: %w", err)
		}
		return &Bucket{files: files, now: c.Now}, nil
	default:
		return nil, errors.New("storage: the address must begin with file://, s3:// or gs://")
	}
}

func openFolder(u *url.URL, c Config) (*Bucket, error) {
	if u.Host != "" || u.RawQuery != "" || !filepath.IsAbs(u.Path) {
		return nil, errors.New("storage: the address of a folder must look like file:///var/lib/barre/storage")
	}
	files, err := fileblob.OpenBucket(u.Path, &fileblob.Options{
		CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	return &Bucket{files: files, folder: filepath.Clean(u.Path), now: c.Now}, nil
}

// Close gives the bucket back.
func (b *Bucket) Close() error { return b.files.Close() }

// Write makes a file of what fill writes. It appears under its key once fill
// has succeeded, whole and, where the disk is ours, on the disk; until then
// another may stand there, which it replaces. A folder refuses where that one
// is locked; the clouds keep it as a version beside the new one.
func (b *Bucket) Write(ctx context.Context, key string, fill func(io.Writer) error) error {
	if !valid(key) {
		return ErrKey
	}
	if err := b.checkLock(key); err != nil {
		return err
	}
	return b.write(ctx, key, &blob.WriterOptions{}, fill)
}

func (b *Bucket) write(ctx context.Context, key string, o *blob.WriterOptions, fill func(io.Writer) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.ContentType = "application/octet-stream" // or it is guessed
	to, err := b.files.NewWriter(ctx, key, o)
	if err != nil {
		return b.fault(key, err)
	}
	if err := fill(to); err != nil {
		cancel() // so that Close drops what was written
		_ = to.Close()
		return err
	}
	if err := to.Close(); err != nil {
		return b.fault(key, err)
	}
	return b.sync(key)
}

// Put writes a whole file, as Write does.
func (b *Bucket) Put(ctx context.Context, key string, from io.Reader) error {
	return b.Write(ctx, key, copying(from))
}

func copying(from io.Reader) func(io.Writer) error {
	return func(to io.Writer) error { _, err := io.Copy(to, from); return err }
}

// Get opens a file. Seeking in it costs nothing until the next Read, which
// then asks for the rest alone.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	return b.GetVersion(ctx, key, "")
}

// GetVersion opens one version of a file, which Put and Delete do not touch
// where the bucket keeps versions. An empty version is the newest.
func (b *Bucket) GetVersion(ctx context.Context, key, version string) (io.ReadSeekCloser, error) {
	if !valid(key) {
		return nil, ErrKey
	}
	var o *blob.ReaderOptions
	if version != "" {
		o = &blob.ReaderOptions{BeforeRead: ofVersion(version)}
	}
	from, err := b.files.NewReader(ctx, key, o)
	if err != nil {
		return nil, b.fault(key, err)
	}
	return from, nil
}

// Stat tells of a file.
func (b *Bucket) Stat(ctx context.Context, key string) (Object, error) {
	if !valid(key) {
		return Object{}, ErrKey
	}
	found, err := b.files.Attributes(ctx, key)
	if err != nil {
		return Object{}, b.fault(key, err)
	}
	o := Object{Key: key, Size: found.Size, Changed: found.ModTime}
	if b.folder == "" {
		o.Version, o.Locked = versionAndLock(found)
		return o, nil
	}
	o.Locked, err = b.lock(key)
	return o, err
}

// List yields the files whose keys begin with prefix, in the order of their keys.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		list := b.files.List(&blob.ListOptions{Prefix: prefix})
		for {
			found, err := list.Next(ctx)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Object{}, b.fault(prefix, err))
				return
			}
			if !valid(found.Key) {
				continue // a lock, or a file that something is still writing
			}
			if !yield(Object{Key: found.Key, Size: found.Size, Changed: found.ModTime}, nil) {
				return
			}
		}
	}
}

// Delete removes a file, and is content with one that is not there. A file
// that is locked stays; the error is ErrLocked.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	found, err := b.Stat(ctx, key)
	switch {
	case errors.Is(err, ErrMissing):
		return nil
	case err != nil:
		return err
	case found.Locked.After(b.now()):
		return ErrLocked
	}
	if err := b.fault(key, b.files.Delete(ctx, key)); err != nil && !errors.Is(err, ErrMissing) {
		return err
	}
	return b.unlock(key)
}

// fault says what an error means here.
func (b *Bucket) fault(key string, err error) error {
	if err == nil {
		return nil
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fmt.Errorf("%w: %s", ErrMissing, key)
	case gcerrors.FailedPrecondition:
		return fmt.Errorf("%w: %s", ErrExists, key)
	}
	return fmt.Errorf("storage: %s: %w", key, err)
}

// URL is the address of a folder.
func URL(folder string) (string, error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("storage: %w", err)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(whole)}
	return strings.TrimSuffix(u.String(), "/"), nil
}
