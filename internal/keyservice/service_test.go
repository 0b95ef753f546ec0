package keyservice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	kms "cloud.google.com/go/kms/apiv1"
	"cloud.google.com/go/kms/apiv1/kmspb"
	"github.com/google/uuid"
	"gocloud.dev/secrets/gcpkms"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/barrehq/barre/internal/keyservice"
)

var (
	tenant   = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057")
	neighbor = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8058")
)

// turned stands for encryption: it shows that what comes back went there.
func turned(data []byte) []byte {
	out := make([]byte, len(data))
	for i, b := range data {
		out[i] = b ^ 0xa5
	}
	return out
}

// conform holds a service to its words.
func conform(t *testing.T, k *keyservice.Keeper, revoked *atomic.Bool) {
	t.Helper()
	ctx, plain := t.Context(), []byte("a key of 32 bytes")
	wrapped, err := k.Wrap(ctx, plain, tenant, "data_keys/SENSITIVE/1")
	if err != nil || bytes.Contains(wrapped, plain) {
		t.Fatalf("Wrap = %q, %v", wrapped, err)
	}
	if got, err := k.Unwrap(ctx, wrapped, tenant, "data_keys/SENSITIVE/1"); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Unwrap = %q, %v", got, err)
	}
	for what, try := range map[string]func() ([]byte, error){
		"another tenant": func() ([]byte, error) { return k.Unwrap(ctx, wrapped, neighbor, "data_keys/SENSITIVE/1") },
		"another place":  func() ([]byte, error) { return k.Unwrap(ctx, wrapped, tenant, "data_keys/SENSITIVE/2") },
		"a revoked key": func() ([]byte, error) {
			revoked.Store(true)
			return k.Unwrap(ctx, wrapped, tenant, "data_keys/SENSITIVE/1")
		},
	} {
		if got, err := try(); !errors.Is(err, keyservice.ErrRefused) || got != nil {
			t.Errorf("%s: %q, %v", what, got, err)
		}
		revoked.Store(false)
	}
}

// TestAmazon speaks the JSON of AWS KMS with a service of this machine.
func TestAmazon(t *testing.T) {
	var revoked atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			KeyId                     string
			Plaintext, CiphertextBlob []byte
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if revoked.Load() {
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"__type":"DisabledException","message":"the key is disabled"}`))
			return
		}
		switch r.Header.Get("X-Amz-Target") {
		case "TrentService.Encrypt":
			json.NewEncoder(w).Encode(map[string]any{"CiphertextBlob": turned(in.Plaintext), "KeyId": in.KeyId})
		case "TrentService.Decrypt":
			json.NewEncoder(w).Encode(map[string]any{"Plaintext": turned(in.CiphertextBlob), "KeyId": in.KeyId})
		default:
			t.Errorf("asked for %s", r.Header.Get("X-Amz-Target"))
		}
	}))
	defer server.Close()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	k, err := keyservice.Open(t.Context(), "awskms:///arn:aws:kms:us-east-1:111122223333:key/1234?"+url.Values{"region": {"us-east-1"}, "endpoint": {server.URL}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	conform(t, k, &revoked)
}

// google speaks the gRPC of Google Cloud KMS.
type google struct {
	kmspb.UnimplementedKeyManagementServiceServer
	revoked atomic.Bool
}

func (g *google) refusal() error {
	if g.revoked.Load() {
		return status.Error(codes.FailedPrecondition, "the key is disabled")
	}
	return nil
}

func (g *google) Encrypt(_ context.Context, in *kmspb.EncryptRequest) (*kmspb.EncryptResponse, error) {
	return &kmspb.EncryptResponse{Name: in.Name, Ciphertext: turned(in.Plaintext)}, g.refusal()
}

func (g *google) Decrypt(_ context.Context, in *kmspb.DecryptRequest) (*kmspb.DecryptResponse, error) {
	return &kmspb.DecryptResponse{Plaintext: turned(in.Ciphertext)}, g.refusal()
}

func TestGoogle(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served, server := &google{}, grpc.NewServer()
	kmspb.RegisterKeyManagementServiceServer(server, served)
	go server.Serve(listener)
	defer server.Stop()
	client, err := kms.NewKeyManagementClient(t.Context(), option.WithEndpoint(listener.Addr().String()), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	k := keyservice.NewKeeper(gcpkms.OpenKeeper(client, gcpkms.KeyResourceID("barre", "us", "ring", "key"), nil))
	conform(t, k, &served.revoked)
}

// TestHostileAddress: a studio names a key, and nothing that leads elsewhere.
func TestHostileAddress(t *testing.T) {
	for _, address := range []string{
		"awskms:///arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab?region=us-east-1",
		"awskms:///1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-west-2", "awskms:///alias/barre?region=us-east-1",
		"gcpkms://projects/my-studio/locations/us-east1/keyRings/barre/cryptoKeys/data",
	} {
		if err := keyservice.Check(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	const right = "awskms:///1234abcd-12ab-34cd-56ef-1234567890ab?region=us-east-1"
	for _, address := range []string{
		"", "local:", "base64key://", "file:///etc/passwd", "http://169.254.169.254/", right + "&endpoint=http://169.254.169.254", right + "&profile=root",
		right + "&region=us-east-1", strings.Replace(right, "us-east-1", "x.attacker.example", 1), strings.Replace(right, "///", "//u:p@/", 1), right + "#x",
		"awskms:///1234abcd-12ab-34cd-56ef-1234567890ab", "gcpkms://projects/a/../b", "gcpkms://projects/my-studio/locations/us/keyRings/r/cryptoKeys/k?endpoint=x", "azurekeyvault://vault/keys/k",
	} {
		if err := keyservice.Check(address); err == nil {
			t.Errorf("%q was let through", address)
		}
	}
}
