// Package bucket runs what object stores are tested against: versitygw, which
// is an S3 server with versions and object lock, and fake-gcs-server. Both are
// built once, from their published modules, into the user's cache.
package bucket

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The modules, each with the release that is known to work.
const (
	amazon = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
	google = "github.com/fsouza/fake-gcs-server@v1.56.1"
)

const (
	user     = "barretest"
	password = "barretestsecret"
	name     = "barre-test"
)

// S3 starts an S3 server with an empty bucket that has object lock, sets the
// environment's credentials for it, and returns the bucket's address and a
// client that could do everything with it.
func S3(t testing.TB) (address string, client *s3.Client, bucket string) {
	t.Helper()
	endpoint := start(t, amazon, func(address string) ([]string, []string) {
		data, versions := t.TempDir(), t.TempDir()
		return []string{"--port", address, "--region", "us-east-1", "posix", "--versioning-dir", versions, data},
			[]string{"ROOT_ACCESS_KEY=" + user, "ROOT_SECRET_KEY=" + password}
	})
	t.Setenv("AWS_ACCESS_KEY_ID", user)
	t.Setenv("AWS_SECRET_ACCESS_KEY", password)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	client = s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(user, password, ""),
	})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String(name), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
	query := url.Values{"region": {"us-east-1"}, "endpoint": {endpoint}, "use_path_style": {"true"}}
	return "s3://" + name + "?" + query.Encode(), client, name
}

// GCS starts a server that speaks Google Cloud Storage, points the
// environment to it and returns the address of an empty bucket.
func GCS(t testing.TB) string {
	t.Helper()
	endpoint := start(t, google, func(address string) ([]string, []string) {
		host, port, _ := net.SplitHostPort(address)
		return []string{"-scheme", "http", "-host", host, "-port", port, "-backend", "memory", "-public-host", address}, nil
	})
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(endpoint, "http://"))
	answer, err := http.Post(endpoint+"/storage/v1/b?project=barre", "application/json", strings.NewReader(`{"name":"`+name+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the bucket could not be made: %s", answer.Status)
	}
	return "gs://" + name + "?anonymous=true"
}

// start runs a program on a free port until the test ends, and returns its
// address once it answers.
func start(t testing.TB, module string, how func(address string) (args, env []string)) string {
	t.Helper()
	binary := build(t, module)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	args, env := how(address)
	server := exec.Command(binary, args...)
	server.Env = append(os.Environ(), env...)
	said := &bytes.Buffer{}
	server.Stdout, server.Stderr = said, said
	if err := server.Start(); err != nil {
		unavailable(t, err)
	}
	exited := make(chan struct{})
	go func() { server.Wait(); close(exited) }()
	t.Cleanup(func() { server.Process.Kill(); <-exited })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			c.Close()
			return "http://" + address
		}
		select {
		case <-exited:
			t.Fatalf("%s stopped: %s", path.Base(binary), said)
		case <-ctx.Done():
			t.Fatalf("%s does not listen", path.Base(binary))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// build returns the program of a module. Where it cannot be built the test is
// skipped, and fails under CI=true.
func build(t testing.TB, module string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		unavailable(t, err)
	}
	from, version, _ := strings.Cut(module, "@")
	dir := filepath.Join(cache, "barre", path.Base(from)+"-"+version)
	binary := filepath.Join(dir, path.Base(from))
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	install := exec.CommandContext(t.Context(), "go", "install", module)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	install.Dir = t.TempDir()
	if out, err := install.CombinedOutput(); err != nil {
		unavailable(t, fmt.Errorf("build %s: %w: %s", module, err, out))
	}
	return binary
}

func unavailable(t testing.TB, reason error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
